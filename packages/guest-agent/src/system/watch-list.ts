import { pollEvents } from './poller.ts';

interface Watch {
  readonly events: number;
  readonly ready: (events: number) => void;
}

/** Who waits for what on which descriptor. Each is told once. */
export class WatchList {
  readonly #watches = new Map<number, Set<Watch>>();

  /** Descriptors being waited for. */
  get fds(): readonly number[] {
    return [...this.#watches.keys()];
  }

  /** Events that somebody waits for on the descriptor. */
  wanted(fd: number): number {
    return [...(this.#watches.get(fd) ?? [])].reduce((all, { events }) => all | events, 0);
  }

  /** See Poller.watch. */
  add(fd: number, events: number, ready: (events: number) => void): () => void {
    const watch = { events: events | pollEvents.error | pollEvents.hangUp, ready };
    const others = this.#watches.get(fd) ?? new Set();
    this.#watches.set(fd, others.add(watch));
    return () => this.#end(fd, watch);
  }

  /** Something has happened to the descriptor. */
  tell(fd: number, events: number): void {
    for (const watch of [...(this.#watches.get(fd) ?? [])]) {
      // One that an earlier callback ended is not called any more.
      if ((watch.events & events) !== 0 && this.#end(fd, watch)) watch.ready(events);
    }
  }

  #end(fd: number, watch: Watch): boolean {
    const watches = this.#watches.get(fd);
    const ended = watches?.delete(watch) ?? false;
    if (watches?.size === 0) this.#watches.delete(fd);
    return ended;
  }
}
