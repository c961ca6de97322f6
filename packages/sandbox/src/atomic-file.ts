import { closeSync, fsyncSync, ftruncateSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';

/**
 * Writes `text` to `path` so that a reader, or a crash, sees the old text or the new one and nothing between.
 * Mode 0600. The temporary file stands beside the target and is removed when writing fails.
 *
 * On a full disk a file that exists is written in its place, where it needs no more room: what is true matters more then
 * than what a crash within that one write would leave.
 */
export function writeFileAtomic(path: string, text: string): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const fd = openSync(temporary, 'w', 0o600);
    try {
      const bytes = Buffer.from(text);
      for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC' || !overwrite(path, text)) throw error;
  }
}

/** False when that does not work either. */
function overwrite(path: string, text: string): boolean {
  try {
    const fd = openSync(path, 'r+');
    try {
      const bytes = Buffer.from(text);
      if (writeSync(fd, bytes, 0, bytes.length, 0) !== bytes.length) return false;
      ftruncateSync(fd, bytes.length);
    } finally {
      closeSync(fd);
    }
    return true;
  } catch {
    return false;
  }
}
