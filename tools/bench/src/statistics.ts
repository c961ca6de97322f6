import type { Goal, Reading } from './figure.ts';

/** All readings of one label. */
export interface Summary {
  readonly label: string;
  readonly unit: Reading['unit'];
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly samples: readonly number[];
}

export interface GoalResult {
  readonly name: string;
  readonly unit: Goal['unit'];
  readonly atMost: number;
  readonly value: number;
  readonly reached: boolean;
  readonly arithmetic?: string;
  readonly kata?: number;
  readonly parts?: string;
}

/** The middle of the values; of an even number the mean of the two in the middle. Throws for none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  if (low === undefined || high === undefined) throw new Error('no values');
  return (low + high) / 2;
}

/** Per label, in the order in which labels first appear. */
export function summarize(readings: readonly Reading[]): Summary[] {
  const groups = Map.groupBy(readings, ({ label }) => label);
  return [...groups].flatMap(([label, [first, ...rest]]) => {
    if (first === undefined) return [];
    const samples = [first, ...rest].map(({ value }) => value);
    const [min, max] = [Math.min(...samples), Math.max(...samples)];
    return { label, unit: first.unit, median: median(samples), min, max, samples };
  });
}

/** Goals whose readings were taken. */
export function judge(goals: readonly Goal[], summaries: readonly Summary[]): GoalResult[] {
  const medians = new Map(summaries.map((summary) => [summary.label, summary.median]));
  const ofLabel = (label: string): number | undefined => medians.get(label);
  return goals.flatMap(({ name, unit, atMost, kata, parts, value: evaluate, arithmetic }) => {
    const value = evaluate(ofLabel);
    if (value === undefined) return [];
    const peer = kata === undefined ? {} : { kata };
    const how = arithmetic === undefined ? {} : { arithmetic: arithmetic(ofLabel) };
    const made = parts === undefined ? {} : { parts };
    return { name, unit, atMost, value, reached: value <= atMost, ...how, ...peer, ...made };
  });
}
