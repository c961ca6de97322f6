import type { GoalResult, Summary } from './statistics.ts';

/** A figure for people: one line per reading, then the goals. */
export function formatFigure(
  title: string,
  summaries: readonly Summary[],
  goals: readonly GoalResult[],
): string {
  const rows = [
    ['', 'median', 'least', 'most', 'samples'],
    ...summaries.map(({ label, unit, median, min, max, samples }) => [
      label,
      `${number(median)} ${unit}`,
      `${number(min)} ${unit}`,
      `${number(max)} ${unit}`,
      `${samples.length}`,
    ]),
  ];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  '),
  );
  const verdicts = goals.map(
    ({ name, unit, atMost, value, reached }) =>
      `goal: ${name} <= ${atMost} ${unit}: ${number(value)} ${unit}, ${reached ? 'reached' : 'NOT reached'}`,
  );
  return [title, ...lines, ...verdicts].join('\n');
}

/** Three digits that matter: 0.53, 8.42, 17.3, 1299. */
function number(value: number): string {
  return value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
}
