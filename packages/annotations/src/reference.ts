import type { Codec } from './codec.ts';
import type { Line, Override, OverrideFamily } from './family.ts';

/** A row of a family as documentation, schemas and completion need it. Plain data. */
export interface KeyReference {
  readonly key: string;
  readonly aliases: readonly string[];
  readonly family: string;
  readonly meaning: string;
  /** Kind of value, of line 3.x where the lines differ. */
  readonly value: string;
  /** Accepted words, if they are a closed set. */
  readonly words?: readonly string[];
  /** ECMAScript pattern of accepted texts. */
  readonly pattern?: string;
  readonly unit?: string;
  readonly limits?: string;
  /** Field path of the configuration. */
  readonly field?: string;
  readonly since: string;
  readonly until?: string;
  readonly lines: readonly Line[];
  readonly sensitive?: string;
  readonly pathList?: string;
  readonly effect?: string;
  readonly internal: boolean;
}

/** All rows of families, in their order. */
export function referenceOf<C>(families: readonly OverrideFamily<C>[]): KeyReference[] {
  return families.flatMap(({ name, overrides }) => overrides.map((override) => rowReference(name, override)));
}

function rowReference<C>(family: string, override: Override<C>): KeyReference {
  const { key, aliases, meaning, target, semantics, internal = false, since } = override;
  const codec: Codec<unknown> | undefined = (semantics['3.x'] ?? semantics['1.x'])?.codec;
  const { unit, limits, until, sensitive, pathList, effect } = override;
  return {
    key,
    aliases,
    family,
    meaning,
    value: codec?.name ?? 'text',
    ...(codec?.words === undefined ? {} : { words: codec.words }),
    ...(codec?.pattern === undefined ? {} : { pattern: codec.pattern }),
    ...(unit === undefined ? {} : { unit }),
    ...(limits === undefined ? {} : { limits }),
    ...(target === undefined ? {} : { field: `${target.part}.${target.field}` }),
    since,
    ...(until === undefined ? {} : { until }),
    lines: (['1.x', '3.x'] as const).filter((line) => semantics[line] !== undefined),
    ...(sensitive === undefined ? {} : { sensitive }),
    ...(pathList === undefined ? {} : { pathList }),
    ...(effect === undefined ? {} : { effect }),
    internal,
  };
}

/**
 * JSON Schema (draft 2020-12) of a pod's or container's annotations: known keys with their texts, no other key under
 * `io.katacontainers.`, anything else as it likes. It accepts what line 3.x may accept; limits that depend on the
 * host and rules over several keys are the engine's.
 */
export function annotationsSchema<C>(families: readonly OverrideFamily<C>[]): {
  readonly [name: string]: unknown;
} {
  const keys = referenceOf(families)
    .filter(({ internal, lines }) => !internal && lines.includes('3.x'))
    .flatMap((row) => [row.key, ...row.aliases].map((key) => [key, keySchema(row)] as const));
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Annotations of hako',
    type: 'object',
    properties: Object.fromEntries(keys),
    additionalProperties: { type: 'string' },
    propertyNames: {
      anyOf: [{ not: { pattern: '^io\\.katacontainers\\.' } }, { enum: keys.map(([key]) => key) }],
    },
  };
}

function keySchema({ meaning, unit, limits, words, pattern, until, sensitive }: KeyReference): object {
  const notes = [
    meaning,
    unit && `Unit: ${unit}.`,
    limits && `Limits: ${limits}.`,
    sensitive && `Sensitive: ${sensitive}.`,
  ];
  return {
    type: 'string',
    description: notes.filter((note) => note !== undefined && note !== '').join(' '),
    ...(words === undefined ? {} : { enum: words }),
    ...(pattern === undefined || words !== undefined ? {} : { pattern }),
    ...(until === undefined ? {} : { deprecated: true }),
  };
}

/** What a shell offers for annotations: keys, and the words of those that have a closed set. */
export function completionData<C>(
  families: readonly OverrideFamily<C>[],
): { readonly key: string; readonly words: readonly string[]; readonly meaning: string }[] {
  return referenceOf(families)
    .filter(({ internal }) => !internal)
    .map(({ key, words = [], value, meaning }) => ({
      key,
      words: value === 'true or false' ? ['true', 'false'] : words,
      meaning,
    }));
}
