import type { Measured } from '../results.ts';
import { formatNumber } from '../table.ts';

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [row(head), row(head.map((_, column) => (column === 0 ? '---' : '---:'))), ...rows.map(row)].join(
    '\n',
  );
}

/** All goals of all figures, first of what a reader looks for. */
function goalTable(figures: readonly Measured[]): string {
  return table(
    ['figure', 'goal', 'measured', '', 'Kata 1.13'],
    figures.flatMap(({ goals }) =>
      goals.map(({ name, unit, atMost, value, reached, kata, arithmetic }) => [
        name.trim(),
        `<= ${atMost} ${unit}`,
        `${arithmetic === undefined ? '' : `${arithmetic} = `}${formatNumber(value)} ${unit}`,
        reached ? 'reached' : '**not reached**',
        kata === undefined ? '' : `${kata} ${unit}`,
      ]),
    ),
  );
}

/** Of what a goal that is not reached is made, the largest part first; small ones are left out. */
function obstacles(figures: readonly Measured[]): readonly string[] {
  return figures.flatMap(({ goals, readings, title }) =>
    goals.flatMap(({ name, unit, atMost, value, reached, parts }) => {
      if (reached || parts === undefined) return [];
      const own = readings
        .filter(({ label }) => label.startsWith(parts) && label.slice(parts.length) !== 'total')
        .toSorted((a, b) => b.median - a.median);
      const whole = own.reduce((sum, { median }) => sum + median, 0);
      const words = own
        .filter(({ median }) => median > SMALL_PART * whole)
        .map(
          ({ label, median, unit: of }) =>
            `${label.slice(parts.length).trim()} ${formatNumber(median)} ${of}`,
        );
      const how = `${formatNumber(value)} ${unit} for ${atMost} ${unit}`;
      return [`- **${name.trim()}**, ${how} (*${title}*): ${words.join(', ')}.`];
    }),
  );
}

/** Below this share of the whole a part stands in nobody's way. */
const SMALL_PART = 0.02;

function section(
  { title, method, machine, rounds, readings }: Measured,
  picture: string | undefined,
): string {
  const numbers = table(
    ['', 'median', 'least', 'most', 'samples'],
    readings.map(({ label, unit, median, min, max, samples }) => [
      label.startsWith('  ') ? `&nbsp;&nbsp;${label.trim()}` : label,
      ...[median, min, max].map((value) => `${formatNumber(value)} ${unit}`),
      `${samples.length}`,
    ]),
  );
  const parts = [
    `## ${title}`,
    `${method} At commit ${machine.commit}, ${String(machine.date).slice(0, 10)}, ${rounds} rounds.`,
    numbers,
  ];
  if (picture !== undefined) parts.push(picture);
  return parts.join('\n\n');
}

const OBSTACLES =
  'Of what a goal that is not reached is made, by the medians of its figure below, the largest first; what is less than 2 % is left out.';

/** SPEED.md: the goals, then each figure with how it was measured. `pictures`: links by the figure's name. */
export function formatReport(figures: readonly Measured[], pictures: ReadonlyMap<string, string>): string {
  const machine = figures.at(-1)?.machine ?? {};
  const open = obstacles(figures);
  return `${[
    '# How fast hako is',
    'Made by `tools/bench/run --report`; do not edit. All of a figure is measured in turns in one run, so that a machine that slows down slows all of it, and ratios say more than times. Times with a machine in them are those of software emulation where the accelerator is tcg: ratios that depend on the guest do not carry over to KVM.',
    `Measured on ${machine.cpus} x ${machine.cpu}, ${machine.memoryMib} MiB, Linux ${machine.kernel}, ${machine.qemu}, ${machine.crun}.`,
    '## Goals',
    'The last column is what Kata Containers 1.13 took, on QEMU under the same emulation, where the goals were set.',
    goalTable(figures),
    ...(open.length === 0 ? [] : ['### What stands in the way', OBSTACLES, open.join('\n')]),
    ...figures.map((figure) => section(figure, pictures.get(figure.figure))),
  ].join('\n\n')}\n`;
}
