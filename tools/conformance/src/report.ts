import { type Deviation, deviations } from './deviations.ts';
import type { CaseResult } from './run.ts';

/** Differences that are shown in full. */
const shown = 5;

/** A table of the groups and the first differences, as text. */
export function report(results: readonly CaseResult[]): string {
  const groups = Map.groupBy(results, ({ vector }) => vector.group);
  const rows = [...groups].map(([group, cases]) => row(group, cases));
  const lines = [header, ...rows, row('all', results)];
  const used = new Set(
    results.flatMap(({ verdict }) => (verdict.kind === 'declared' ? verdict.deviations : [])),
  );
  for (const letter of Object.keys(deviations) as Deviation[])
    if (used.has(letter)) lines.push(`(${letter}) ${deviations[letter]}`);
  const wrong = results.filter(({ verdict }) => verdict.kind === 'different');
  for (const { vector, verdict } of wrong.slice(0, shown)) {
    lines.push('', `${vector.id} ${vector.entry}`);
    if (verdict.kind === 'different') lines.push(`  ${verdict.reason}`);
    lines.push(`  input:  ${show(vector.input)}`, `  expect: ${show(vector.expect)}`);
  }
  if (wrong.length > shown)
    lines.push(
      '',
      `... and ${wrong.length - shown} more: ${wrong
        .slice(shown, 200)
        .map(({ vector }) => vector.id)
        .join(' ')}`,
    );
  return `${lines.join('\n')}\n`;
}

/** Whether anything is different. */
export function hasDifferences(results: readonly CaseResult[]): boolean {
  return results.some(({ verdict }) => verdict.kind === 'different');
}

const header = `${'group'.padEnd(22)}${'agreed'.padStart(8)}${'declared'.padStart(10)}${'different'.padStart(11)}  deviations`;

function row(group: string, cases: readonly CaseResult[]): string {
  const count = (kind: string): number => cases.filter(({ verdict }) => verdict.kind === kind).length;
  const letters = new Map<Deviation, number>();
  for (const { verdict } of cases)
    if (verdict.kind === 'declared')
      for (const letter of verdict.deviations) letters.set(letter, (letters.get(letter) ?? 0) + 1);
  const used = [...letters]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([letter, times]) => `${letter}:${times}`);
  return `${group.padEnd(22)}${String(count('agreed')).padStart(8)}${String(count('declared')).padStart(10)}${String(count('different')).padStart(11)}  ${used.join(' ')}`;
}

function show(value: unknown): string {
  return JSON.stringify(value, (_name, member: unknown) =>
    typeof member === 'bigint' ? Number(member) : member,
  );
}
