import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';

/**
 * The bytes of a file, or of stdin for `-`: at most one more than `maxBytes`, so that whoever checks them sees that
 * there are too many, and no file fills the memory. Throws the system's error.
 */
export function readAtMost(path: string, maxBytes: number): Uint8Array {
  const fd = path === '-' ? 0 : openSync(path, 'r');
  try {
    const stats = fstatSync(fd);
    // The common case at once: a file of known size. Files of /proc say 0.
    if (stats.isFile() && stats.size > 0 && stats.size <= maxBytes) return readFileSync(fd);
    const chunks: Uint8Array[] = [];
    let left = maxBytes + 1;
    while (left > 0) {
      const chunk = new Uint8Array(Math.min(left, 65_536));
      const length = readSync(fd, chunk);
      if (length === 0) break;
      chunks.push(chunk.subarray(0, length));
      left -= length;
    }
    return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
  } finally {
    if (fd !== 0) closeSync(fd);
  }
}
