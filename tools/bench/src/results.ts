import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import * as z from 'zod';

const summarySchema = z.object({
  label: z.string(),
  unit: z.enum(['ms', 'µs', 'MiB', 'count']),
  median: z.number(),
  min: z.number(),
  max: z.number(),
  samples: z.array(z.number()).readonly(),
});

const goalSchema = z.object({
  name: z.string(),
  unit: z.enum(['x', 'ms', 'µs', 'MiB', 'count']),
  atMost: z.number(),
  value: z.number(),
  reached: z.boolean(),
  arithmetic: z.string().optional(),
  kata: z.number().optional(),
  parts: z.string().optional(),
});

const measuredSchema = z.object({
  figure: z.string(),
  title: z.string(),
  method: z.string(),
  /** Of which machine and checkout; results of several runs may be put together. */
  machine: z.record(z.string(), z.union([z.string(), z.number()])),
  rounds: z.number(),
  readings: z.array(summarySchema).readonly(),
  goals: z.array(goalSchema).readonly(),
});

const resultsSchema = z.object({ figures: z.array(measuredSchema).readonly() });

export type Measured = z.infer<typeof measuredSchema>;
export type Results = z.infer<typeof resultsSchema>;

/** What an earlier run wrote; nothing where there was none. Throws ZodError for a file of another kind. */
export function readResults(file: string): Results {
  return existsSync(file) ? resultsSchema.parse(JSON.parse(readFileSync(file, 'utf8'))) : { figures: [] };
}

export function writeResults(file: string, results: Results): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
}

/** Earlier results, with those of the figures that were measured again replaced, in the order of `names`; others are let go. */
export function mergeResults(earlier: Results, later: Results, names: readonly string[]): Results {
  const all = [...later.figures, ...earlier.figures];
  return { figures: names.flatMap((name) => all.find(({ figure }) => figure === name) ?? []) };
}
