import { closeSync, constants, openSync } from 'node:fs';
import { callLibc } from './libc.ts';
import { fromNodeError } from './posix-error.ts';

const CLONE_NEWNET = 0x40000000;

/**
 * Runs `action` in the network namespace at `path` and comes back. It must be synchronous and start no process or
 * thread: sockets and taps that it opens belong to that namespace for good, everything else of this process stays where
 * it is, as only the calling thread moves, and only until this returns.
 *
 * Throws PosixError: ENOENT, EINVAL for a file that is no network namespace, EPERM; and what `action` throws.
 */
export function inNetworkNamespace<T>(path: string, action: () => T): T {
  const target = open(path);
  try {
    const home = open('/proc/thread-self/ns/net');
    try {
      callLibc('setns', [target, CLONE_NEWNET], path);
      try {
        return action();
      } finally {
        // A thread that cannot come back would work in the wrong network from here on; nothing may go on then.
        callLibc('setns', [home, CLONE_NEWNET]);
      }
    } finally {
      closeSync(home);
    }
  } finally {
    closeSync(target);
  }
}

function open(path: string): number {
  try {
    return openSync(path, constants.O_RDONLY);
  } catch (error) {
    throw fromNodeError(error, path);
  }
}
