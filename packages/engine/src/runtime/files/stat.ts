import { syscall } from '../syscall.ts';
import { checked } from '../system-error.ts';
import { AT_FDCWD, AT_SYMLINK_NOFOLLOW, constants } from './constants.ts';

const STATX_BASIC_STATS = 0x7ff;
const statxBytes = 256;
const S_IFMT = 0o170000;

/** Kinds of files by the letters of d_type(5) and the bits of st_mode. */
const kindBits = {
  file: 0o100000,
  directory: 0o040000,
  symbolicLink: 0o120000,
  blockDevice: 0o060000,
} as const;

/** What Node's `fs.Stats` has, as far as it is used. */
export interface Stats {
  readonly dev: number;
  readonly rdev: number;
  readonly ino: number;
  readonly mode: number;
  readonly nlink: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly mtimeMs: number;
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
  isBlockDevice(): boolean;
}

/** Follows links. Throws SystemError. */
export function statSync(path: string): Stats {
  return statOf(path, 0, 'stat');
}

/** A link itself. Throws SystemError. */
export function lstatSync(path: string): Stats {
  return statOf(path, AT_SYMLINK_NOFOLLOW, 'lstat');
}

export function existsSync(path: string): boolean {
  return !path.includes('\0') && syscall('faccessat', AT_FDCWD, path, constants.F_OK) === 0;
}

function statOf(path: string, flags: number, name: string): Stats {
  const memory = new DataView(new ArrayBuffer(statxBytes));
  checked(syscall('statx', AT_FDCWD, path, flags, STATX_BASIC_STATS, memory.buffer), name, path);
  const mode = memory.getUint16(28, true);
  const is = (bits: number) => () => (mode & S_IFMT) === bits;
  return {
    dev: deviceNumber(memory.getUint32(136, true), memory.getUint32(140, true)),
    rdev: deviceNumber(memory.getUint32(128, true), memory.getUint32(132, true)),
    ino: Number(memory.getBigUint64(32, true)),
    mode,
    nlink: memory.getUint32(16, true),
    uid: memory.getUint32(20, true),
    gid: memory.getUint32(24, true),
    size: Number(memory.getBigUint64(40, true)),
    mtimeMs: Number(memory.getBigInt64(112, true)) * 1000 + memory.getUint32(120, true) / 1e6,
    isFile: is(kindBits.file),
    isDirectory: is(kindBits.directory),
    isSymbolicLink: is(kindBits.symbolicLink),
    isBlockDevice: is(kindBits.blockDevice),
  };
}

/** makedev(3), for numbers that fit. */
function deviceNumber(major: number, minor: number): number {
  return (minor & 0xff) + (major & 0xfff) * 0x100 + (minor >>> 8) * 0x10_0000;
}
