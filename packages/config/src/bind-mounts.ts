import { printable } from '@hako/shape';
import { Rule } from './key.ts';

/** A member of `sandbox_bind_mounts`: a folder or file of the host that the guest sees. */
export interface BindMount {
  /** On the host, absolute. */
  readonly path: string;
  /** Last part of the path: its name in the guest. */
  readonly name: string;
  readonly readonly: boolean;
}

/** Reads `/path`, `/path:ro` (the same) or `/path:rw`; undefined where it is none of them, or has . or .. parts. */
export function parseBindMount(text: string): BindMount | undefined {
  const [, path, mode] = /^(\/[^:]*)(?::(r[ow]))?$/.exec(text) ?? [];
  const parts = path?.split('/').filter((part) => part !== '') ?? [];
  const name = parts.at(-1);
  if (name === undefined || parts.includes('.') || parts.includes('..')) return undefined;
  return { path: `/${parts.join('/')}`, name, readonly: mode !== 'rw' };
}

/** Everything that is wrong with them together; undefined where nothing is. */
export function bindMountsRule(texts: readonly string[]): Rule | undefined {
  const read = texts.map((text) => ({ text, name: parseBindMount(text)?.name }));
  const wrong = read.filter(({ name }) => name === undefined);
  const named = Map.groupBy(
    read.filter(({ name }) => name !== undefined),
    ({ name }) => name,
  );
  const alike = [...named.values()].filter(({ length }) => length > 1).flat();
  const rules = [
    ...(wrong.length === 0
      ? []
      : [
          `must be absolute paths without . and .. parts, each with optional :ro or :rw; not so: ${list(wrong)}`,
        ]),
    ...(alike.length === 0
      ? []
      : [`must differ in the last parts of their paths, their names in the guest; not so: ${list(alike)}`]),
  ];
  return rules.length === 0 ? undefined : new Rule(rules.join('; '));
}

/** So many are named; a list may have a million. */
const maxNamed = 10;

function list(members: readonly { readonly text: string }[]): string {
  const named = members.slice(0, maxNamed).map(({ text }) => JSON.stringify(printable(text)));
  const more = members.length - named.length;
  return named.join(', ') + (more === 0 ? '' : ` and ${more} more`);
}
