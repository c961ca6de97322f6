import { errno, type Libc } from './libc.ts';

const F_GETFL = 3;
const F_SETFL = 4;
const F_SETOWN = 8;
const O_NONBLOCK = 0o4000;
const O_ASYNC = 0o20000;

/** Events of poll(2). The last two are told whether asked for or not. */
export const pollEvents = { in: 1, out: 4, error: 8, hangUp: 16 } as const;

interface Watch {
  readonly fd: number;
  readonly events: number;
  readonly ready: (events: number) => void;
}

/**
 * Waits for descriptors in the engine's event loop, without a thread for any of them: the kernel sends SIGIO when
 * something happened to one, and a poll(2) that does not wait tells to which. Works for pipes and for virtio-serial
 * ports (for these also when the host opens or closes its end), which the engine's own streams do not take.
 *
 * Use: `adopt` a descriptor, try the read or write, and when it says EAGAIN `watch` before returning to the event loop.
 * SIGIO tells of changes only, so a watch without a failed attempt before it may wait for ever.
 */
export class Poller {
  readonly #libc: Libc;
  readonly #watches = new Set<Watch>();
  readonly #onEvent: (() => void)[] = [];
  #entries = new DataView(new ArrayBuffer(8 * 64));
  readonly #scan = (): void => this.scan();

  constructor(libc: Libc) {
    this.#libc = libc;
    process.on('SIGIO', this.#scan);
  }

  /** Descriptors being waited for. */
  get watchCount(): number {
    return this.#watches.size;
  }

  /** Makes a descriptor non-blocking and its events known to this process. */
  adopt(fd: number): void {
    const flags = this.#libc.fcntl(fd, F_GETFL, 0);
    this.#libc.fcntl(fd, F_SETOWN, process.pid);
    this.#libc.fcntl(fd, F_SETFL, flags | O_NONBLOCK | O_ASYNC);
  }

  /** Calls `ready` once, with the events that came. Answers a function that ends the wait. */
  watch(fd: number, events: number, ready: (events: number) => void): () => void {
    const watch: Watch = { fd, events, ready };
    this.#watches.add(watch);
    return () => {
      this.#watches.delete(watch);
    };
  }

  /** Events of one descriptor right now. */
  pollOne(fd: number, events: number): number {
    const entry = new DataView(new ArrayBuffer(8));
    entry.setInt32(0, fd, true);
    entry.setInt16(4, events, true);
    return this.#libc.poll(new Uint8Array(entry.buffer), 1) > 0 ? entry.getInt16(6, true) : 0;
  }

  /** Calls `look` once when anything has happened to any adopted descriptor. */
  onEvent(look: () => void): void {
    this.#onEvent.push(look);
  }

  /** Looks at all watched descriptors now. */
  scan(): void {
    for (const look of this.#onEvent.splice(0)) look();
    if (this.#watches.size === 0) return;
    const watches = [...this.#watches];
    if (this.#entries.byteLength < watches.length * 8) {
      this.#entries = new DataView(new ArrayBuffer(watches.length * 16));
    }
    const entries = this.#entries;
    watches.forEach(({ fd, events }, index) => {
      entries.setInt32(index * 8, fd, true);
      entries.setInt16(index * 8 + 4, events, true);
      entries.setInt16(index * 8 + 6, 0, true);
    });
    let ready: number;
    do ready = this.#libc.poll(new Uint8Array(entries.buffer), watches.length);
    while (ready === -errno.EINTR);
    if (ready <= 0) return;
    watches.forEach((watch, index) => {
      const events = entries.getInt16(index * 8 + 6, true);
      // One that an earlier callback ended is not called any more.
      if (events !== 0 && this.#watches.delete(watch)) watch.ready(events);
    });
  }
}
