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
      `${formatNumber(median)} ${unit}`,
      `${formatNumber(min)} ${unit}`,
      `${formatNumber(max)} ${unit}`,
      `${samples.length}`,
    ]),
  ];
  const lines = alignColumns(rows);
  const verdicts = goals.map(
    ({ name, unit, atMost, value, reached, arithmetic }) =>
      `goal: ${name} <= ${atMost} ${unit}: ${arithmetic === undefined ? '' : `${arithmetic} = `}${formatNumber(value)} ${unit}, ${reached ? 'reached' : 'NOT reached'}`,
  );
  return [title, ...lines, ...verdicts].join('\n');
}

/** Lines of a table: the first column to the left, the others to the right. */
export function alignColumns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  '),
  );
}

/** Three digits that matter: 0.53, 8.42, 17.3, 1299. */
export function formatNumber(value: number): string {
  return value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
}
