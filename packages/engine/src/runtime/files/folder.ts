import { native } from '../native.ts';
import { dirname } from '../node/path.ts';
import { syscall } from '../syscall.ts';
import { checked, systemError } from '../system-error.ts';
import { AT_FDCWD, constants } from './constants.ts';
import { closeSync, openSync } from './file.ts';
import { statSync } from './stat.ts';

const AT_REMOVEDIR = 0x200;
const ENOENT = -2;
const EEXIST = -17;
const EISDIR = -21;
const EPERM = -1;
const DT_DIR = 4;
const DT_REG = 8;
const DT_LNK = 10;
const listBytes = 32 << 10;

/** What Node's `fs.Dirent` has, as far as it is used. */
export interface Dirent {
  readonly name: string;
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}

/** With `recursive` also the folders above, and none is made where one stands. Throws SystemError, as all here. */
export function mkdirSync(
  path: string,
  options: { readonly recursive?: boolean; readonly mode?: number } = {},
): void {
  const { recursive = false, mode = 0o777 } = options;
  let result = syscall('mkdirat', AT_FDCWD, path, mode);
  if (!recursive) {
    checked(result, 'mkdir', path);
    return;
  }
  if (result === ENOENT && dirname(path) !== path) {
    mkdirSync(dirname(path), options);
    result = syscall('mkdirat', AT_FDCWD, path, mode);
  }
  if (result === EEXIST && statSync(path).isDirectory()) return;
  checked(result, 'mkdir', path);
}

export function rmdirSync(path: string): void {
  checked(syscall('unlinkat', AT_FDCWD, path, AT_REMOVEDIR), 'rmdir', path);
}

/** `recursive`: folders with all that is in them; `force`: what is not there is no error. Links are not followed. */
export function rmSync(
  path: string,
  options: { readonly recursive?: boolean; readonly force?: boolean } = {},
): void {
  const result = syscall('unlinkat', AT_FDCWD, path, 0);
  if (result === 0 || (result === ENOENT && options.force === true)) return;
  // POSIX has EPERM for a folder, Linux EISDIR.
  if (result !== EISDIR && result !== EPERM) throw systemError(result, 'rm', path);
  if (options.recursive !== true) throw systemError(EISDIR, 'rm', path);
  for (const { name } of entriesOf(path)) rmSync(`${path}/${name}`, { ...options, force: true });
  const removed = syscall('unlinkat', AT_FDCWD, path, AT_REMOVEDIR);
  if (removed !== ENOENT) checked(removed, 'rm', path);
}

export function readdirSync(path: string, options: { readonly withFileTypes: true }): Dirent[];
export function readdirSync(path: string): string[];
export function readdirSync(path: string, options?: { readonly withFileTypes: true }): Dirent[] | string[] {
  const entries = entriesOf(path).sort((a, b) => (a.name < b.name ? -1 : 1));
  return options === undefined ? entries.map(({ name }) => name) : entries;
}

/** struct linux_dirent64: inode (8 bytes), offset (8), length of the entry (2), kind (1), name. */
function entriesOf(path: string): Dirent[] {
  const fd = openFolder(path);
  const list = new DataView(new ArrayBuffer(listBytes));
  const bytes = new Uint8Array(list.buffer);
  const entries: Dirent[] = [];
  try {
    for (;;) {
      const filled = checked(syscall('getdents64', fd, list.buffer, listBytes), 'scandir', path);
      if (filled === 0) return entries;
      for (let at = 0; at < filled; at += list.getUint16(at + 16, true)) {
        const name = native.decode(bytes.subarray(at + 19, bytes.indexOf(0, at + 19)));
        const kind = list.getUint8(at + 18);
        if (name !== '.' && name !== '..') entries.push(entry(name, kind));
      }
    }
  } finally {
    closeSync(fd);
  }
}

function openFolder(path: string): number {
  try {
    return openSync(path, constants.O_DIRECTORY);
  } catch (error) {
    throw systemError((error as { errno: number }).errno, 'scandir', path);
  }
}

function entry(name: string, kind: number): Dirent {
  return {
    name,
    isFile: () => kind === DT_REG,
    isDirectory: () => kind === DT_DIR,
    isSymbolicLink: () => kind === DT_LNK,
  };
}
