import type { Reading, Variant } from './figure.ts';

/** One sample of a variant. */
export interface Sample<V extends Variant> {
  readonly variant: V;
  readonly readings: readonly Reading[];
}

/**
 * Samples every variant `rounds` times, in turns, so that a machine that slows down slows all of them; every other
 * round goes backwards, so that none is always measured after the same neighbour. A first round, not counted, fills
 * caches, unless `warmUp` is false.
 */
export async function interleave<V extends Variant>(
  variants: readonly V[],
  rounds: number,
  {
    warmUp = true,
    onSample,
    signal,
  }: { warmUp?: boolean; onSample?: (variant: V, round: number) => void; signal?: AbortSignal } = {},
): Promise<Sample<V>[]> {
  const samples: Sample<V>[] = [];
  for (let round = warmUp ? 0 : 1; round <= rounds; round += 1) {
    for (const variant of round % 2 === 1 ? variants : variants.toReversed()) {
      signal?.throwIfAborted();
      onSample?.(variant, round);
      const readings = await variant.sample();
      if (round > 0) samples.push({ variant, readings });
    }
  }
  return samples;
}
