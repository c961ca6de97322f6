import * as z from 'zod';

const timingsSchema = z.object({ phases: z.array(z.object({ name: z.string(), ms: z.number() })) });

/**
 * The file of `hako run --timings` as lines for people: name, milliseconds, a bar in proportion. What is in the total
 * and in no phase is the container's own process.
 */
export function formatTimings(json: string): string {
  const all = timingsSchema.parse(JSON.parse(json)).phases;
  const total = all.find(({ name }) => name === 'total');
  const phases = all.filter((phase) => phase !== total);
  if (total !== undefined) {
    const known = phases.reduce((sum, { ms }) => sum + ms, 0);
    phases.push({ name: 'the rest: the process', ms: Math.max(0, total.ms - known) });
  }
  const longest = Math.max(1, ...phases.map(({ ms }) => ms));
  const width = Math.max(0, ...phases.map(({ name }) => name.length));
  const line = ({ name, ms }: { name: string; ms: number }): string =>
    `${name.padEnd(width)} ${ms.toFixed(0).padStart(6)} ms`;
  const bars = phases.map((phase) =>
    `${line(phase)} ${'#'.repeat(Math.round((phase.ms / longest) * 40))}`.trimEnd(),
  );
  return [...bars, ...(total === undefined ? [] : [line(total)])].join('\n');
}
