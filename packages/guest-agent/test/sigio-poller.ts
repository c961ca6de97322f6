import type { Libc } from '../src/system/libc.ts';
import { type Poller, pollOne } from '../src/system/poller.ts';
import { WatchList } from '../src/system/watch-list.ts';

const F_GETFL = 3;
const F_SETFL = 4;
const F_SETOWN = 8;
const O_NONBLOCK = 0o4000;
const O_ASYNC = 0o20000;

/** Waits for descriptors on Node.js, which has no event for any descriptor: the kernel tells of changes by SIGIO. */
export class SigioPoller implements Poller {
  readonly #libc: Libc;
  readonly #watches = new WatchList();

  constructor(libc: Libc) {
    this.#libc = libc;
    process.on('SIGIO', () => this.#scan());
  }

  adopt(fd: number): void {
    const flags = this.#libc.fcntl(fd, F_GETFL, 0);
    this.#libc.fcntl(fd, F_SETOWN, process.pid);
    this.#libc.fcntl(fd, F_SETFL, flags | O_NONBLOCK | O_ASYNC);
  }

  release(): void {
    // Closing the descriptor is enough.
  }

  watch(fd: number, events: number, ready: (events: number) => void): () => void {
    return this.#watches.add(fd, events, ready);
  }

  #scan(): void {
    for (const fd of this.#watches.fds) {
      const events = pollOne(this.#libc, fd, this.#watches.wanted(fd));
      if (events !== 0) this.#watches.tell(fd, events);
    }
  }
}
