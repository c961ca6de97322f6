import { native } from '../native.ts';
import { syscall } from '../syscall.ts';
import { checked } from '../system-error.ts';
import { AT_FDCWD, AT_SYMLINK_NOFOLLOW, O_CLOEXEC, O_PATH } from './constants.ts';

const longestPathBytes = 4096;

/** @throws SystemError, as all functions here */
export function unlinkSync(path: string): void {
  checked(syscall('unlinkat', AT_FDCWD, path, 0), 'unlink', path);
}

export function renameSync(from: string, to: string): void {
  checked(syscall('renameat2', AT_FDCWD, from, AT_FDCWD, to, 0), 'rename', from, to);
}

export function symlinkSync(target: string, path: string): void {
  checked(syscall('symlinkat', target, AT_FDCWD, path), 'symlink', target, path);
}

export function readlinkSync(path: string): string {
  return readLink(path, 'readlink', path);
}

/** Without any links in it. */
export function realpathSync(path: string): string {
  const fd = checked(syscall('openat', AT_FDCWD, path, O_PATH | O_CLOEXEC), 'lstat', path);
  try {
    return readLink(`/proc/self/fd/${fd}`, 'readlink', path);
  } finally {
    syscall('close', fd);
  }
}

export function chmodSync(path: string, mode: number): void {
  checked(syscall('fchmodat', AT_FDCWD, path, mode), 'chmod', path);
}

export function chownSync(path: string, uid: number, gid: number): void {
  checked(syscall('fchownat', AT_FDCWD, path, uid, gid, 0), 'chown', path);
}

/** Of a link itself. */
export function lchownSync(path: string, uid: number, gid: number): void {
  checked(syscall('fchownat', AT_FDCWD, path, uid, gid, AT_SYMLINK_NOFOLLOW), 'lchown', path);
}

function readLink(link: string, name: string, path: string): string {
  const into = new Uint8Array(longestPathBytes);
  const count = checked(syscall('readlinkat', AT_FDCWD, link, into, into.length), name, path);
  return native.decode(into.subarray(0, count));
}
