/** A machine that is kept ready. */
export interface PooledSpare {
  /** Of its process. */
  readonly pid: number;
  readonly socket: string;
  /** Resolves when it is not ours any more: it has ended, or been taken, and then all that it left is undone. Never rejects. */
  readonly gone: Promise<'taken' | 'ended'>;
  /** Ends it. */
  end(): void;
}

export interface SparePoolOptions {
  /** How many are kept. */
  readonly size: number;
  /** How many are made at a time. */
  readonly atOnce: number;
  /** Makes one; its end is to follow when the signal is aborted. */
  readonly make: (signal: AbortSignal) => Promise<PooledSpare>;
  readonly log: (message: string) => void;
  /** Waits; a failure is tried again after 1, 2, 4 ... 60 s. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
}

const LONGEST_WAIT_MS = 60_000;

/**
 * Machines that are kept ready: as many as wanted, made a few at a time. One that is taken, or ends, is replaced.
 *
 * A spare: being made -> ready -> offered -> taken; ready again when who asked for it did not take it; from any of them -> ended.
 */
export class SparePool {
  readonly #options: SparePoolOptions;
  readonly #ready: PooledSpare[] = [];
  readonly #offered = new Set<PooledSpare>();
  readonly #closing = new AbortController();
  readonly #work = new Set<Promise<void>>();
  #making = 0;
  #failures = 0;
  #taken = 0;
  #failure = '';

  constructor(options: SparePoolOptions) {
    this.#options = options;
    this.#fill();
  }

  get ready(): readonly number[] {
    return this.#ready.map(({ pid }) => pid);
  }

  get making(): number {
    return this.#making;
  }

  get taken(): number {
    return this.#taken;
  }

  get failure(): string {
    return this.#failure;
  }

  /** One that waits, for somebody who will take it or give it back. */
  offer(): PooledSpare | undefined {
    const spare = this.#ready.shift();
    if (spare !== undefined) this.#offered.add(spare);
    return spare;
  }

  /** Nobody took it. */
  giveBack(spare: PooledSpare): void {
    if (this.#offered.delete(spare)) this.#ready.push(spare);
  }

  /** Ends all that nobody has taken, and waits until nothing of them is left. */
  async close(): Promise<void> {
    this.#closing.abort();
    for (const spare of [...this.#ready, ...this.#offered]) spare.end();
    while (this.#work.size > 0) await Promise.all(this.#work);
  }

  #fill(): void {
    const { size, atOnce } = this.#options;
    while (
      !this.#closing.signal.aborted &&
      this.#making < atOnce &&
      this.#making + this.#ready.length + this.#offered.size < size
    ) {
      this.#making += 1;
      this.#track(this.#make());
    }
  }

  async #make(): Promise<void> {
    const { make, log, wait } = this.#options;
    const { signal } = this.#closing;
    try {
      const spare = await make(signal);
      this.#failures = 0;
      this.#failure = '';
      this.#ready.push(spare);
      this.#track(this.#follow(spare));
      if (signal.aborted) spare.end();
    } catch (error) {
      if (signal.aborted) return;
      this.#failure = error instanceof Error ? error.message : String(error);
      log(`no machine could be made: ${this.#failure}`);
      await wait(Math.min(1000 * 2 ** this.#failures, LONGEST_WAIT_MS), signal).catch(() => {});
      this.#failures += 1;
    } finally {
      this.#making -= 1;
      this.#fill();
    }
  }

  async #follow(spare: PooledSpare): Promise<void> {
    const how = await spare.gone;
    this.#offered.delete(spare);
    const index = this.#ready.indexOf(spare);
    if (index >= 0) this.#ready.splice(index, 1);
    if (how === 'taken') this.#taken += 1;
    else if (!this.#closing.signal.aborted)
      this.#options.log(`a machine that was ready has ended: ${spare.pid}`);
    this.#fill();
  }

  #track(work: Promise<void>): void {
    this.#work.add(work);
    void work.finally(() => this.#work.delete(work));
  }
}
