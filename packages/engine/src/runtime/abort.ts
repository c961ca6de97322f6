type AbortListener = (event: { readonly type: 'abort' }) => void;

/** AbortSignal of the DOM standard, for its one event. */
export class AbortSignal {
  #reason: unknown;
  #aborted = false;
  readonly #listeners = new Set<AbortListener>();

  /** Aborts it: what its controller does. */
  static trigger(signal: AbortSignal, reason: unknown): void {
    if (signal.#aborted) return;
    signal.#aborted = true;
    signal.#reason = reason;
    for (const listener of [...signal.#listeners]) listener({ type: 'abort' });
    signal.#listeners.clear();
  }

  get aborted(): boolean {
    return this.#aborted;
  }

  get reason(): unknown {
    return this.#reason;
  }

  throwIfAborted(): void {
    if (this.#aborted) throw this.#reason;
  }

  addEventListener(_type: 'abort', listener: AbortListener, _options?: { readonly once: true }): void {
    if (!this.#aborted) this.#listeners.add(listener);
  }

  removeEventListener(_type: 'abort', listener: AbortListener): void {
    this.#listeners.delete(listener);
  }
}

/** AbortController of the DOM standard. */
export class AbortController {
  readonly signal: AbortSignal = new AbortSignal();

  abort(reason: unknown = new Error('This operation was aborted')): void {
    AbortSignal.trigger(this.signal, reason);
  }
}
