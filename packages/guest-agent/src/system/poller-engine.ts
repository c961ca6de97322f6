import { watchDescriptor } from '@hako/engine/system';
import type { Libc } from './libc.ts';
import { type Poller, setNonBlocking } from './poller.ts';
import { WatchList } from './watch-list.ts';

/** Descriptors waited for by the event loop of @hako/engine (epoll, edge-triggered). */
export class EnginePoller implements Poller {
  readonly #libc: Libc;
  readonly #watches = new WatchList();
  readonly #adopted = new Map<number, () => void>();

  constructor(libc: Libc) {
    this.#libc = libc;
  }

  adopt(fd: number): void {
    setNonBlocking(this.#libc, fd);
    this.#adopted.set(
      fd,
      watchDescriptor(fd, (events) => this.#watches.tell(fd, events)),
    );
  }

  release(fd: number): void {
    this.#adopted.get(fd)?.();
    this.#adopted.delete(fd);
  }

  watch(fd: number, events: number, ready: (events: number) => void): () => void {
    return this.#watches.add(fd, events, ready);
  }
}
