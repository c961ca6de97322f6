import type { Result } from './measure.ts';
import { alignColumns, formatNumber } from './table.ts';

/** Two checkouts beside each other, for people: below 1 means that this one takes less. */
export function formatComparison(title: string, here: Result, there: Result): string {
  const others = new Map(there.readings.map((reading) => [reading.label, reading]));
  const rows = here.readings.map(({ label, unit, median }) => {
    const other = others.get(label)?.median;
    return other === undefined
      ? [label, `${formatNumber(median)} ${unit}`, 'not there', '']
      : [
          label,
          `${formatNumber(median)} ${unit}`,
          `${formatNumber(other)} ${unit}`,
          `${formatNumber(median / other)} x`,
        ];
  });
  return [title, ...alignColumns([['', 'here', 'there', 'here / there'], ...rows])].join('\n');
}
