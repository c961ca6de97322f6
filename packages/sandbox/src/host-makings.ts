/** What is being made on the host for a sandbox, so that its end undoes all of it: nothing is begun once that has come, and it waits. */
export class HostMakings {
  readonly #running = new Set<Promise<unknown>>();
  readonly #refusal: () => Error | undefined;

  /** @param refusal why nothing is made any more; undefined while the sandbox lives */
  constructor(refusal: () => Error | undefined) {
    this.#refusal = refusal;
  }

  /** @throws the refusal, also when the end came meanwhile; what `make` throws */
  async make<T>(make: () => Promise<T>): Promise<T> {
    this.#refuse();
    const making = make();
    this.#running.add(making);
    try {
      return await making;
    } finally {
      this.#running.delete(making);
      this.#refuse();
    }
  }

  async finished(): Promise<void> {
    await Promise.allSettled(this.#running);
  }

  #refuse(): void {
    const refusal = this.#refusal();
    if (refusal !== undefined) throw refusal;
  }
}
