import * as z from 'zod';

const timingsSchema = z.object({ phases: z.array(z.object({ name: z.string(), ms: z.number() })) });

/** The file of `hako run --timings` as lines for people: name, milliseconds, a bar in proportion. */
export function formatTimings(json: string): string {
  const { phases } = timingsSchema.parse(JSON.parse(json));
  const longest = Math.max(1, ...phases.map(({ ms }) => ms));
  const width = Math.max(0, ...phases.map(({ name }) => name.length));
  return phases
    .map(({ name, ms }) => {
      const bar = '#'.repeat(Math.round((ms / longest) * 40));
      return `${name.padEnd(width)} ${ms.toFixed(0).padStart(6)} ms ${bar}`.trimEnd();
    })
    .join('\n');
}
