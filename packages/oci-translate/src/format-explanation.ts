import { formatTomlValue } from '@hako/config';
import { formatProblem, quote } from '@hako/errors';
import { formatOrigin } from '@hako/shape';
import type { Explanation } from './explain.ts';

export interface FormatOptions {
  /** Only what differs from the built-in defaults, and why; without the parts and the command line. Default false. */
  readonly diff?: boolean;
}

/**
 * An explanation as text for people: what the VM is made of, the values that are not defaults and where they came
 * from, what became of each annotation, the command lines, and what is wrong. Text from outside is quoted.
 */
export function formatExplanation(explanation: Explanation, { diff = false }: FormatOptions = {}): string {
  const { refused, parts, annotations, commandLine, problems } = explanation;
  const sections: (readonly [string, readonly string[]])[] = [];
  if (!diff)
    sections.push([
      'Virtual machine',
      columns(
        parts.map(({ part, value, because, origin, effect }) => [
          part,
          value,
          origin === undefined ? 'the spec' : formatOrigin(origin),
          [because, effect].filter((text) => text !== undefined).join('; '),
        ]),
      ),
    ]);
  sections.push([diff ? '' : 'Values that are not defaults', columns(changedValues(explanation))]);
  if (!diff) {
    sections.push([
      'Annotations',
      columns(
        annotations.map(({ key, text, outcome, reason = '' }) => [
          `${key} = ${quote(text)}`,
          outcome,
          reason,
        ]),
      ),
    ]);
    if (commandLine !== undefined)
      sections.push(
        ['Devices of the machine', commandLine.devices],
        ['Kernel command line', [commandLine.kernel]],
        ['Command line', [commandLine.arguments.map(shellWord).join(' ')]],
        ['Notes on the command line', commandLine.notes],
      );
  }
  sections.push(['Problems', problems.map((problem) => `${problem.severity}: ${formatProblem(problem)}`)]);
  if (refused)
    sections.push(['', ['The container would be refused; what stands above is what the rest gives.']]);
  return sections
    .filter(([, lines]) => lines.length > 0)
    .map(
      ([title, lines]) =>
        `${title === '' ? '' : `${title}\n`}${lines.map((line) => (title === '' ? line : `  ${line}`)).join('\n')}\n`,
    )
    .join('\n');
}

function changedValues({ values }: Explanation): string[][] {
  return values
    .filter(({ isDefault }) => !isDefault)
    .map(({ section, toml, value, default: standard, unit, origin }) => [
      `${section}.${toml}`,
      `${show(standard)} -> ${show(value)}${unit === undefined ? '' : ` ${unit}`}`,
      formatOrigin(origin),
    ]);
}

function show(value: unknown): string {
  return value === undefined ? 'none' : formatTomlValue(value);
}

/** Lines with aligned columns; the last one is not padded. */
function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.min(60, Math.max(...rows.map((row) => row[column]?.length ?? 0))),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

/** A word as a POSIX shell reads it. */
function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
