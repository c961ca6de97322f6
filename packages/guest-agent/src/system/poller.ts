import type { Libc } from './libc.ts';

const F_GETFL = 3;
const F_SETFL = 4;
const O_NONBLOCK = 0o4000;

/** Events of poll(2) and epoll(7). The last two are told whether asked for or not. */
export const pollEvents = { in: 1, out: 4, error: 8, hangUp: 16 } as const;

/**
 * Waits for descriptors in the engine's event loop: pipes, terminals, sockets and virtio-serial ports (for these also
 * for the host's opening and closing of its end).
 *
 * Use: `adopt` a descriptor, try the read or write, and when it says EAGAIN `watch` before returning to the event loop.
 * Only changes are told, so a watch without a failed attempt before it may wait for ever. `release` it before it is
 * closed.
 */
export interface Poller {
  /** Makes a descriptor non-blocking and its events known to this process. */
  adopt(fd: number): void;
  release(fd: number): void;
  /** Calls `ready` once, with the events that came. Answers a function that ends the wait. */
  watch(fd: number, events: number, ready: (events: number) => void): () => void;
}

/** Reads and writes of the descriptor answer EAGAIN instead of waiting. */
export function setNonBlocking(libc: Libc, fd: number): void {
  libc.fcntl(fd, F_SETFL, libc.fcntl(fd, F_GETFL, 0) | O_NONBLOCK);
}

/** Events of one descriptor right now. */
export function pollOne(libc: Libc, fd: number, events: number): number {
  const entry = new DataView(new ArrayBuffer(8));
  entry.setInt32(0, fd, true);
  entry.setInt16(4, events, true);
  return libc.poll(new Uint8Array(entry.buffer), 1) > 0 ? entry.getInt16(6, true) : 0;
}
