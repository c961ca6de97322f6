import { constants as osConstants } from 'node:os';
import { callLibc, cString, syscallNumbers } from './libc.ts';
import { posixError } from './posix-error.ts';

const O_CREAT = 0o100;
/** The bit of O_TMPFILE that O_DIRECTORY has not. */
const O_TMPFILE = 0o20000000;
const O_CLOEXEC = 0o2000000;
const RESOLVE_NO_XDEV = 0x01;
const RESOLVE_NO_MAGICLINKS = 0x02;
const RESOLVE_NO_SYMLINKS = 0x04;
const RESOLVE_BENEATH = 0x08;

/** O_PATH of open(2), which node:fs lacks: a descriptor that only names the file. */
export const O_PATH: number = 0o10000000;

export interface OpenBeneathOptions {
  /** Flags of open(2) (`fs.constants.O_*`, O_PATH). Default O_RDONLY. Close-on-exec is always added. */
  readonly flags?: number;
  /** Permission bits of a file that O_CREAT makes. Default 0600. */
  readonly mode?: number;
  /** Follow links that stay beneath the root. Default false: any link in the path is ELOOP. */
  readonly followLinks?: boolean;
  /** Refuse to cross into another mount (EXDEV). Default false. */
  readonly stayOnMount?: boolean;
}

/**
 * Opens `path`, relative to the directory `rootFd`, so that the result lies beneath that directory whatever an
 * attacker does with links and renames meanwhile (openat2(2) with RESOLVE_BENEATH). Returns a descriptor.
 * Throws PosixError: ELOOP for a link, EXDEV for an escape by `..` or an absolute path, ENOENT ...
 */
export function openBeneath(rootFd: number, path: string, options: OpenBeneathOptions = {}): number {
  const { flags = 0, mode = 0o600, followLinks = false, stayOnMount = false } = options;
  const creates = (flags & (O_CREAT | O_TMPFILE)) !== 0;
  const how = new BigUint64Array([
    BigInt(flags | O_CLOEXEC),
    BigInt(creates ? mode : 0),
    BigInt(
      RESOLVE_BENEATH |
        RESOLVE_NO_MAGICLINKS |
        (followLinks ? 0 : RESOLVE_NO_SYMLINKS) |
        (stayOnMount ? RESOLVE_NO_XDEV : 0),
    ),
  ]);
  const bytes = new Uint8Array(how.buffer);
  const name = cString(path, 'openat2');
  // EAGAIN: something was renamed during the walk and the kernel could not tell whether it escaped.
  for (let attempt = 0; ; attempt++) {
    try {
      return callLibc('openat2', [syscallNumbers.openat2, rootFd, name, bytes, bytes.length], path);
    } catch (error) {
      const again =
        error instanceof Error && 'code' in error && (error.code === 'EAGAIN' || error.code === 'EINTR');
      if (!again) throw error;
      if (attempt >= 100) throw posixError('openat2', osConstants.errno.EAGAIN, path);
    }
  }
}
