import { writeFileSync } from 'node:fs';
import { ask, call } from './kernel.ts';

const O_RDWR_CREAT = 2 | 0o100;
const LOCK_EX = 2;
const LOCK_NB = 4;
const F_SETLK = 6;
const F_SETLKW = 7;
const EAGAIN = 11;
const EACCES = 13;

/** struct flock for the whole file: writers exclude each other. */
export function lockRequest(): Uint8Array {
  const request = new DataView(new ArrayBuffer(32));
  request.setInt16(0, 1, true);
  return new Uint8Array(request.buffer);
}

/** The two ways to lock a file, each with one of its own: on 9p they exclude each other. Both answer as the kernel does. */
const ways: Readonly<Record<string, (fd: number, waits: boolean) => number>> = {
  flock: (fd, waits) => ask('flock', fd, waits ? LOCK_EX : LOCK_EX | LOCK_NB),
  fcntl: (fd, waits) => ask('fcntl', fd, waits ? F_SETLKW : F_SETLK, lockRequest()),
};

function openFor(folder: string, way: string): number {
  return call('open', `${folder}/${way}`, O_RDWR_CREAT, 0o644);
}

/** What comes of locking a folder's file of each way: `flock free, fcntl held`. */
export function tryLocks(folder: string, waits: boolean): string {
  const outcomes = Object.entries(ways).map(([way, lock]) => {
    const fd = openFor(folder, way);
    const answer = lock(fd, waits);
    call('close', fd);
    if (answer >= 0) return `${way} free`;
    return `${way} ${answer === -EAGAIN || answer === -EACCES ? 'held' : `errno ${-answer}`}`;
  });
  return outcomes.join(', ');
}

/** Locks a folder's file of each way, makes the file `taken` there, and keeps the locks until the process is ended. */
export function holdLocks(folder: string): never {
  for (const [way, lock] of Object.entries(ways)) {
    const answer = lock(openFor(folder, way), false);
    if (answer < 0) throw new Error(`${way}: errno ${-answer}`);
  }
  writeFileSync(`${folder}/taken`, '');
  for (;;) ask('pause');
}
