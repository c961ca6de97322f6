import { native } from '../native.ts';
import { syscall } from '../syscall.ts';
import { checked } from '../system-error.ts';
import { TextEncoder } from '../text.ts';
import { AT_FDCWD, constants, O_CLOEXEC } from './constants.ts';

const { O_RDONLY, O_WRONLY, O_RDWR, O_CREAT, O_EXCL, O_TRUNC, O_APPEND } = constants;

const flagsByLetters: Readonly<Record<string, number>> = {
  r: O_RDONLY,
  'r+': O_RDWR,
  w: O_WRONLY | O_CREAT | O_TRUNC,
  wx: O_WRONLY | O_CREAT | O_TRUNC | O_EXCL,
  'w+': O_RDWR | O_CREAT | O_TRUNC,
  a: O_WRONLY | O_CREAT | O_APPEND,
};

export type Encoding = 'utf8' | 'latin1';

export interface WriteOptions {
  readonly flag?: string;
  readonly mode?: number;
}

/** @throws SystemError, as all functions here; TypeError for unknown letters */
export function openSync(path: string, flags: string | number = 'r', mode = 0o666): number {
  const bits = typeof flags === 'number' ? flags : flagsByLetters[flags];
  if (bits === undefined) throw new TypeError(`The argument 'flags' is invalid. Received '${flags}'`);
  return checked(syscall('openat', AT_FDCWD, path, bits | O_CLOEXEC, mode), 'open', path);
}

export function closeSync(fd: number): void {
  checked(syscall('close', fd), 'close');
}

/** Bytes read, 0 at the end of the file. */
export function readSync(fd: number, into: Uint8Array): number {
  return checked(syscall('read', fd, into, into.length), 'read');
}

/** Bytes written, which may be fewer. With `position`, there in the file: `length` bytes of a memory from `offset` on. */
export function writeSync(fd: number, data: string | Uint8Array): number;
export function writeSync(
  fd: number,
  data: Uint8Array,
  offset: number,
  length: number,
  position: number,
): number;
export function writeSync(
  fd: number,
  data: string | Uint8Array,
  offset?: number,
  length?: number,
  position?: number,
): number {
  const bytes = bytesOf(data);
  if (offset === undefined || length === undefined || position === undefined)
    return checked(syscall('write', fd, bytes, bytes.length), 'write');
  return checked(syscall('pwrite64', fd, bytes.subarray(offset, offset + length), length, position), 'write');
}

export function readFileSync(path: string, encoding: Encoding): string;
export function readFileSync(path: string): Uint8Array<ArrayBuffer>;
export function readFileSync(path: string, encoding?: Encoding): string | Uint8Array {
  const fd = openSync(path);
  let bytes: Uint8Array;
  try {
    bytes = readToEnd(fd);
  } finally {
    closeSync(fd);
  }
  if (encoding === undefined) return bytes;
  return encoding === 'utf8' ? native.decode(bytes) : latin1(bytes);
}

export function writeFileSync(path: string, data: string | Uint8Array, options: WriteOptions = {}): void {
  const fd = openSync(path, options.flag ?? 'w', options.mode);
  try {
    const bytes = bytesOf(data);
    let at = 0;
    do at += writeSync(fd, bytes.subarray(at));
    while (at < bytes.length);
  } finally {
    closeSync(fd);
  }
}

export function appendFileSync(path: string, data: string | Uint8Array, options: WriteOptions = {}): void {
  writeFileSync(path, data, { flag: 'a', ...options });
}

const firstBytes = 4096;

function readToEnd(fd: number): Uint8Array {
  let bytes = new Uint8Array(firstBytes);
  let filled = 0;
  for (;;) {
    const count = readSync(fd, bytes.subarray(filled));
    if (count === 0) return bytes.subarray(0, filled);
    filled += count;
    if (filled < bytes.length) continue;
    const larger = new Uint8Array(bytes.length * 4);
    larger.set(bytes);
    bytes = larger;
  }
}

const charactersAtOnce = 4096;

function latin1(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += charactersAtOnce) {
    text += String.fromCharCode(...bytes.subarray(at, at + charactersAtOnce));
  }
  return text;
}

function bytesOf(data: string | Uint8Array): Uint8Array {
  return typeof data === 'string' ? new TextEncoder().encode(data) : data;
}
