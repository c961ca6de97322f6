import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  realpathSync,
  rmdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { tryFlock } from '@hako/posix';
import { clearSpareFolder, type Host } from '@hako/sandbox';
import { ShimError } from '../shim-error.ts';
import { putSign, removeSign } from './cache-sign.ts';
import { SPARE_CONFIG } from './start-spare.ts';

/** Where a cache of machines is: a socket, and beside it a folder with one of each machine's. Of root's own. */
export class CachePlace {
  readonly socket: string;
  /** Without links, since mounts are made in it. */
  readonly folder: string;

  /** @throws what making the socket's folder throws */
  constructor(socket: string) {
    this.socket = socket;
    mkdirSync(dirname(socket), { recursive: true, mode: 0o700 });
    this.folder = join(realpathSync(dirname(socket)), `${basename(socket)}.d`);
  }

  /**
   * The right to serve, which ends with this process; undefined while another process has it.
   *
   * @throws ShimError `cache-failed` when others could write to the folder
   */
  tryLock(): { release(): void } | undefined {
    for (;;) {
      mkdirSync(this.folder, { recursive: true, mode: 0o700 });
      const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;
      const fd = openSync(this.folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
      const { uid, mode, ino } = fstatSync(fd);
      const isSafe = uid === process.geteuid?.() && (mode & 0o022) === 0;
      const isOurs = isSafe && tryFlock(fd, 'exclusive');
      // Whoever had it before may have removed the folder between the two.
      if (isOurs && statSync(this.folder, { throwIfNoEntry: false })?.ino === ino) {
        return { release: () => closeSync(fd) };
      }
      closeSync(fd);
      if (!isSafe) throw notSafe(this.folder);
      if (!isOurs) return undefined;
    }
  }

  /** Undoes what a server that was killed has left, with the lock held. Machines that sandboxes have stay. */
  async clear(host: Host): Promise<void> {
    for (const name of readdirSync(this.folder)) {
      const spare = join(this.folder, name);
      // Without it a sandbox has the machine.
      if (existsSync(join(spare, SPARE_CONFIG))) await clearSpareFolder(spare, host);
    }
    rmSync(this.socket, { force: true });
    removeSign(this.folder);
  }

  /** Says that somebody serves here, before he does. */
  announce(): void {
    putSign(this.folder);
  }

  /** Removes the folder, unless sandboxes have machines there. */
  remove(): void {
    if (readdirSync(this.folder).length === 0) rmdirSync(this.folder);
  }
}

function notSafe(folder: string): ShimError {
  const message = `${folder} must belong to the user that hako runs as, and be writable for nobody else`;
  return new ShimError('cache-failed', message, { facts: {} });
}
