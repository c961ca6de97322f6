import { closeSync, constants, openSync } from 'node:fs';
import { constants as osConstants } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { callLibc } from './libc.ts';
import { fromNodeError, PosixError, posixError } from './posix-error.ts';

const LOCK_SH = 1;
const LOCK_EX = 2;
const LOCK_NB = 4;

export type LockMode = 'exclusive' | 'shared';

/**
 * flock(2) without waiting. True when the lock is held now. The lock belongs to the open file description: it ends
 * with the last descriptor of it, also when the process is killed. Throws PosixError.
 */
export function tryFlock(fd: number, mode: LockMode): boolean {
  try {
    callLibc('flock', [fd, (mode === 'shared' ? LOCK_SH : LOCK_EX) + LOCK_NB]);
    return true;
  } catch (error) {
    if (error instanceof PosixError && error.code === 'EAGAIN') return false;
    throw error;
  }
}

export interface FileLock extends Disposable {
  readonly path: string;
  /** Gives the lock up. Idempotent. The file stays: removing a lock file races with those who wait for it. */
  release(): void;
}

export interface LockFileOptions {
  /** Default `exclusive`. */
  readonly mode?: LockMode;
  /** How long to wait for other holders. Milliseconds; default: for ever. Then PosixError ETIMEDOUT. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** Longest pause between two tries while another process holds the lock. Milliseconds. */
const longestPauseMs = 20;

/**
 * Opens (makes, mode 0600) `path` and waits until its lock is held. Waiting asks again after 1, 2, 4 ... 20 ms
 * rather than in a blocking flock(2), which would hold a thread per waiter. Throws PosixError, or the signal's reason.
 */
export async function lockFile(path: string, options: LockFileOptions = {}): Promise<FileLock> {
  const { mode = 'exclusive', timeoutMs = Number.POSITIVE_INFINITY, signal } = options;
  signal?.throwIfAborted();
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o600);
  } catch (error) {
    throw fromNodeError(error, path);
  }
  try {
    const deadlineMs = performance.now() + timeoutMs;
    for (let pauseMs = 1; !tryFlock(fd, mode); pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      const leftMs = deadlineMs - performance.now();
      if (leftMs <= 0) throw posixError('flock', osConstants.errno.ETIMEDOUT, path);
      await delay(Math.min(pauseMs, leftMs), undefined, signal === undefined ? {} : { signal });
    }
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  let held = true;
  const release = (): void => {
    if (!held) return;
    held = false;
    closeSync(fd);
  };
  return { path, release, [Symbol.dispose]: release };
}
