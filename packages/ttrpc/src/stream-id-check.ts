const rememberedGaps = 1024;

/**
 * Sees to it that no stream id is used twice. Ids mostly grow by two; one that comes after a higher one is accepted
 * if it was skipped before, since a client may take ids and send frames in different orders.
 */
export class StreamIdCheck {
  #next = 1;
  readonly #skipped = new Set<number>();

  /** True for an id that a client may open a stream with now. */
  accept(streamId: number): boolean {
    if (streamId % 2 === 0) return false;
    if (streamId < this.#next) return this.#skipped.delete(streamId);
    const firstKept = Math.max(this.#next, streamId - 2 * rememberedGaps);
    for (let id = firstKept; id < streamId; id += 2) this.#skipped.add(id);
    for (const oldest of this.#skipped) {
      if (this.#skipped.size <= rememberedGaps) break;
      this.#skipped.delete(oldest);
    }
    this.#next = streamId + 2;
    return true;
  }
}
