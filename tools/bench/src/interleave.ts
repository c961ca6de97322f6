import type { Reading, Variant } from './figure.ts';

/**
 * Samples every variant `rounds` times, in turns, so that a machine that slows down slows all of them; every other
 * round goes backwards, so that none is always measured after the same neighbour. A first round, not counted, fills
 * caches.
 */
export async function interleave(
  variants: readonly Variant[],
  rounds: number,
  onSample: (variant: Variant, round: number) => void = () => undefined,
): Promise<Reading[]> {
  const readings: Reading[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    for (const variant of round % 2 === 1 ? variants : variants.toReversed()) {
      onSample(variant, round);
      const sample = await variant.sample();
      if (round > 0) readings.push(...sample);
    }
  }
  return readings;
}
