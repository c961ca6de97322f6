import {
  defaultRuntimeConfig,
  effectiveValues,
  formatTomlValue,
  type KeyEntry,
  listKeys,
} from '@hako/config';
import { code, generatedNote, table } from './markdown.ts';

/** The reference of configuration.toml as Markdown. */
export function configurationPage(): string {
  const defaults = new Map(effectiveValues(defaultRuntimeConfig()).map((one) => [one.field, one.default]));
  const sections = [...Map.groupBy(listKeys(), ({ section }) => section)].map(
    ([name, entries]) => `## [${name}]\n\n${keyTable(entries, defaults)}`,
  );
  return `${[generatedNote, '# configuration.toml', introduction, ...sections].join('\n\n')}\n`;
}

const introduction = `The keys of Kata Containers' configuration.toml (QEMU) of lines 1.x and 3.x and hako's own. One file is read, the first that
exists; then the files of \`config.d\` beside it, in the order of their names, later values winning key by key; then annotations. Unknown
keys are an error that names the nearest known one.`;

function keyTable(entries: readonly KeyEntry[], defaults: ReadonlyMap<string, unknown>): string {
  return table(
    ['key', 'value', 'default', 'meaning', 'lines'],
    entries.map(({ part, field, key }) => {
      const standard = defaults.get(`${part}.${field}`);
      const aliases = (key.aliases ?? []).map((alias) =>
        code(alias.section === undefined ? alias.toml : `[${alias.section}] ${alias.toml}`),
      );
      return [
        [code(key.toml), ...aliases].join(' or '),
        key.unit === undefined ? key.type.name : `${key.type.name} (${key.unit})`,
        standard === undefined ? '' : code(formatTomlValue(standard)),
        [key.meaning, key.rule && `${key.rule}.`, key.effect && `*${key.effect}.*`]
          .filter((part) => part !== undefined && part !== '')
          .join(' '),
        key.lines.join(', '),
      ];
    }),
  );
}
