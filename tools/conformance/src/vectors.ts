import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseJson } from '@hako/oci-spec';

/** Data as it stands in a vector file; whole numbers beyond 2^53 - 1 are bigints. */
export type Json = null | boolean | number | bigint | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: Json | undefined;
}

/** What the reference did. */
export type Expectation =
  | { readonly kind: 'ok'; readonly value: Json }
  | { readonly kind: 'error'; readonly message: string }
  | { readonly kind: 'panic'; readonly message: string };

export interface Vector {
  /** Name of the file without its ending. */
  readonly group: string;
  readonly id: string;
  /** Name of the reference's function. */
  readonly entry: string;
  /** With `$base` applied. */
  readonly input: JsonObject;
  readonly expect: Expectation;
}

export interface VectorFolder {
  readonly vectors: readonly Vector[];
  /** Experimental features that were registered while recording. */
  readonly experimentalFeatures: readonly JsonObject[];
}

/** Reads a folder of `<group>.jsonl` and `bases.json`. Throws an `Error` that names file and line. */
export function readVectors(folder: string): VectorFolder {
  const bases = asObject(parseJson(readFileSync(join(folder, 'bases.json')), { file: 'bases.json' }) as Json);
  const groups = readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl'))
    .sort();
  const vectors = groups.flatMap((name) => readGroup(folder, name, bases));
  const features = bases.experimentalFeatures;
  return { vectors, experimentalFeatures: Array.isArray(features) ? features.map(asObject) : [] };
}

function readGroup(folder: string, name: string, bases: JsonObject): Vector[] {
  const lines = readFileSync(join(folder, name), 'utf8').split('\n');
  return lines.flatMap((line, index) => {
    if (line.trim() === '') return [];
    try {
      return [readVector(name.slice(0, -'.jsonl'.length), asObject(parseJson(line) as Json), bases)];
    } catch (cause) {
      throw new Error(`${name}:${index + 1}: ${String(cause)}`, { cause });
    }
  });
}

function readVector(group: string, line: JsonObject, bases: JsonObject): Vector {
  const { id, entry, input, expect } = line;
  if (typeof id !== 'string' || typeof entry !== 'string') throw new Error('id and entry must be texts');
  return {
    group,
    id,
    entry,
    input: withBases(asObject(input), bases),
    expect: readExpectation(asObject(expect)),
  };
}

function readExpectation(expect: JsonObject): Expectation {
  if ('ok' in expect) return { kind: 'ok', value: expect.ok ?? null };
  const { error, panic } = expect;
  if (typeof error === 'string') return { kind: 'error', message: error };
  if (typeof panic === 'string') return { kind: 'panic', message: panic };
  throw new Error('expect must have ok, error or panic');
}

/** `spec` and `runtime` of an input with their base, to which the other members are merged. */
function withBases(input: JsonObject, bases: JsonObject): JsonObject {
  const result: Record<string, Json | undefined> = { ...input };
  for (const [member, kind] of [
    ['spec', 'specs'],
    ['runtime', 'runtimes'],
  ] as const) {
    const given = input[member];
    if (!isObject(given) || typeof given.$base !== 'string') continue;
    const { $base: name, ...patch } = given;
    const base = asObject(bases[kind])[asText(name)];
    if (base === undefined) throw new Error(`there is no base ${asText(name)}`);
    result[member] = mergePatch(base, patch);
  }
  return result;
}

/** JSON Merge Patch (RFC 7386). */
function mergePatch(target: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const result: Record<string, Json | undefined> = isObject(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null || value === undefined) delete result[name];
    else result[name] = mergePatch(result[name], value);
  }
  return result;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object itself; an empty one for null and absent. Throws for anything else. */
export function asObject(value: Json | undefined): JsonObject {
  if (value === null || value === undefined) return {};
  if (!isObject(value)) throw new Error('must be an object');
  return value;
}

/** The list itself; an empty one for null and absent. */
export function asList(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

/** The text itself; an empty one for anything else. */
export function asText(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

export function asNumber(value: Json | undefined): number {
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : 0;
}

export function asFlag(value: Json | undefined): boolean {
  return value === true;
}
