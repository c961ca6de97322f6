import { gateName, type KeyReference, type OverrideFamily, referenceOf, safePolicy } from '@hako/annotations';
import { tomlPath } from '@hako/config';
import { code, generatedNote, table } from './markdown.ts';

const titles: Readonly<Record<string, string>> = {
  assets: 'Files the VM is made of',
  hypervisor: 'Hypervisor',
  runtime: 'Runtime and bundle',
  agent: 'Agent',
  container: 'Single containers',
};

/** The reference of all annotations as Markdown. */
export function annotationsPage<C>(families: readonly OverrideFamily<C>[]): string {
  const rows = referenceOf(families);
  const sections = families.map(({ name }) =>
    section(
      name,
      rows.filter(({ family }) => family === name),
    ),
  );
  return `${[generatedNote, '# Annotations', introduction(rows), ...sections].join('\n\n')}\n`;
}

function introduction(rows: readonly KeyReference[]): string {
  const count = rows.reduce((sum, { aliases }) => sum + 1 + aliases.length, 0);
  return `${count} keys of Kata Containers 1.x (April 2020) and 3.x. All count on the first container of a sandbox, those of single
containers on every container. A key that is marked **sensitive** is refused unless \`enable_annotations\` of the configuration has a
pattern that matches the name in the column "gate" from end to end; with no \`enable_annotations\` in the configuration these patterns
hold: ${safePolicy.enableAnnotations.map(code).join(', ')}. A configuration that has the key means exactly the hypervisor keys it names.`;
}

function section(name: string, rows: readonly KeyReference[]): string {
  return `## ${titles[name] ?? name}\n\n${table(
    ['key', 'value', 'meaning', 'sets', 'gate', 'releases'],
    rows.map((row) => [
      [row.key, ...row.aliases].map(code).join(' or '),
      value(row),
      [row.meaning, row.effect && `*${row.effect}.*`]
        .filter((part) => part !== undefined && part !== '')
        .join(' '),
      row.field === undefined ? '' : code(tomlPath(row.field)),
      gate(row),
      releases(row),
    ]),
  )}`;
}

function value({ value: kind, words, unit, limits }: KeyReference): string {
  const named = words === undefined || kind === 'true or false' ? kind : words.map(code).join(', ');
  const what = unit === undefined ? named : `${named} (${unit})`;
  if (limits === undefined || words !== undefined) return what;
  return limits.startsWith(kind) ? limits : `${what}; ${limits}`;
}

function gate({ key, sensitive, pathList, internal }: KeyReference): string {
  if (internal) return 'set by the runtime';
  const name = code(gateName(key));
  if (sensitive === undefined) return name;
  return `${name}, **sensitive**: ${sensitive}${pathList === undefined ? '' : `; must be in ${code(pathList)}`}`;
}

function releases({ since, until, lines }: KeyReference): string {
  const span = until === undefined ? `since ${since}` : `${since} to ${until}`;
  return lines.includes('1.x') === lines.includes('3.x') ? span : `${span}, line ${lines.join(', ')} only`;
}
