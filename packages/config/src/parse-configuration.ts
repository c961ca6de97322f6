import type { Problem } from '@hako/errors';
import { check, decodeUtf8, nearest, type Origin, type Origins, printable } from '@hako/shape';
import { parse, TomlError } from 'smol-toml';
import { consistencyProblems } from './consistency.ts';
import { defaultRuntimeConfig, defaultsOf, type HostPaths, hostPathOrigins } from './defaults.ts';
import { ConfigError } from './error.ts';
import { hypervisorKinds } from './hypervisor-kinds.ts';
import { isEitherWay, isRefusal, Rule } from './key.ts';
import { locate, type Place, pathKey } from './locate.ts';
import type { RuntimeConfig } from './runtime-config.ts';
import {
  type ForeignTable,
  findTarget,
  isKnownTable,
  keyNames,
  knownTables,
  type Target,
} from './targets.ts';

/** One configuration text: the main file or a drop-in. */
export interface ConfigSource {
  /** Path of the file, for problems and origins. */
  readonly file: string;
  /** Its text, or its bytes, which must be UTF-8. */
  readonly text: string | Uint8Array;
}

export interface ParseConfigurationOptions {
  /** Unknown keys and tables are warnings instead of errors. Default false. */
  readonly lenient?: boolean;
  /** Built-in paths of this host. */
  readonly hostPaths?: HostPaths;
  /** Whose defaults count. Default `3.x`. */
  readonly line?: '1.x' | '3.x';
  /** Tables of third parties, which are read and checked like hako's own; each fills a part of the configuration. */
  readonly tables?: readonly ForeignTable[];
}

/** The parts that the tables of third parties fill. */
export type ForeignParts<Tables extends readonly ForeignTable[]> = {
  readonly [Part in Tables[number] as Part['part']]: Part extends ForeignTable<string, infer T> ? T : never;
};

/** A configuration and how it came about. */
export interface LoadedConfig<Parts = unknown> {
  readonly config: RuntimeConfig & Parts;
  /** By field path; absent: default. */
  readonly origins: Origins;
  /** Warnings only. */
  readonly problems: readonly Problem[];
}

/** Longest text of one file, in UTF-16 units, or bytes. Whoever reads files need not read more than this and one. */
export const maxConfigurationLength: number = 1024 * 1024;

/**
 * Reads one configuration.toml. `options.file` names it in problems and origins.
 *
 * Throws `ConfigError` with every problem found: no TOML, unknown keys (with the nearest known one), values of a
 * wrong type or beyond a limit, values that contradict each other.
 */
export function parseConfiguration(
  text: string | Uint8Array,
  options: ParseConfigurationOptions & { readonly file: string },
): LoadedConfig {
  return mergeConfiguration([{ file: options.file, text }], options);
}

/**
 * Reads a main file and its drop-ins, in the order given; later ones win key by key, lists are replaced. Drop-ins
 * are sorted by file name by whoever reads the directory (`sortDropIns`). Throws as `parseConfiguration` does.
 */
export function mergeConfiguration<const Tables extends readonly ForeignTable[] = []>(
  sources: readonly ConfigSource[],
  options: ParseConfigurationOptions & { readonly tables?: Tables } = {},
): LoadedConfig<ForeignParts<Tables>> {
  const merge = new Merge(options);
  for (const source of sources) merge.add(source);
  // Each part of a third party has been filled from the table whose keys have its type.
  return merge.finish() as LoadedConfig<ForeignParts<Tables>>;
}

/** Drop-ins in the order in which they are applied: file names (without folder) by code points. */
export function sortDropIns(sources: readonly ConfigSource[]): ConfigSource[] {
  const name = ({ file }: ConfigSource): string => file.slice(file.lastIndexOf('/') + 1);
  return sources.toSorted((a, b) => (name(a) < name(b) ? -1 : name(a) > name(b) ? 1 : 0));
}

class Merge {
  private readonly options: ParseConfigurationOptions;
  private readonly problems: Problem[] = [];
  private readonly origins: Record<string, Origin> = {};
  private readonly values: Record<string, Record<string, unknown>>;
  private notToml = false;

  constructor(options: ParseConfigurationOptions) {
    this.options = options;
    // New parts on each call, whose values are replaced and never changed.
    const defaults = defaultRuntimeConfig(options.hostPaths, options.line);
    this.values = defaults as unknown as Record<string, Record<string, unknown>>;
    for (const { part, keys } of options.tables ?? []) this.values[part] = defaultsOf(keys);
  }

  add(source: ConfigSource): void {
    const text = this.textOf(source);
    const tree = text === undefined ? undefined : this.parse(source.file, text);
    if (text !== undefined && tree !== undefined)
      new SourceReader({ file: source.file, text }, tree, this).read();
  }

  set({ part, field }: Target, value: unknown, origin: Origin): void {
    const section = this.values[part];
    if (section !== undefined) section[field] = value;
    this.origins[`${part}.${field}`] = origin;
    // A file that names its initrd alone does not also want the built-in image, and the other way round.
    if (part !== 'hypervisor' || value === '') return;
    if (field === 'initrd') this.clear('image', 'initrd');
    if (field === 'image') this.clear('initrd', 'image');
  }

  report(problem: Problem): void {
    if (this.problems.length < 1000) this.problems.push(problem);
  }

  get tables(): readonly ForeignTable[] {
    return this.options.tables ?? [];
  }

  get unknownSeverity(): 'error' | 'warning' {
    return this.options.lenient === true ? 'warning' : 'error';
  }

  finish(): LoadedConfig {
    this.shareForCopies();
    const config = this.values as unknown as RuntimeConfig;
    if (!this.notToml) this.problems.push(...consistencyProblems(config, this.origins));
    if (this.problems.some(({ severity }) => severity === 'error'))
      throw new ConfigError(this.notToml ? 'not-toml' : 'invalid', this.problems);
    const origins = { ...hostPathOrigins(this.options.hostPaths), ...this.origins };
    return { config, origins, problems: this.problems };
  }

  /** Copies of a template share its memory only where no process beside QEMU maps it, as virtiofsd does. */
  private shareForCopies(): void {
    const { hypervisor, factory } = this.values;
    const isAsked = factory?.enableTemplate === true && this.options.line !== '1.x';
    if (!isAsked || hypervisor === undefined || this.origins['hypervisor.sharedFs'] !== undefined) return;
    hypervisor.sharedFs = 'virtio-9p';
    this.origins['hypervisor.sharedFs'] = { kind: 'derived', from: 'enable_template' };
  }

  /** Empties a field that no file has set. */
  private clear(field: 'image' | 'initrd', because: string): void {
    const { hypervisor } = this.values;
    if (hypervisor === undefined || this.origins[`hypervisor.${field}`]?.kind === 'file') return;
    hypervisor[field] = '';
    this.origins[`hypervisor.${field}`] = { kind: 'derived', from: `excluded by ${because}` };
  }

  private textOf({ file, text }: ConfigSource): string | undefined {
    if (text.length > maxConfigurationLength)
      return this.refuse(file, { rule: `must not be longer than ${maxConfigurationLength} bytes` });
    const decoded = typeof text === 'string' ? text : decodeUtf8(text);
    if (typeof decoded === 'string') return decoded;
    const { line, offset } = decoded;
    return this.refuse(file, { line, rule: `must be UTF-8, but byte ${offset} is not` });
  }

  private refuse(file: string, details: Pick<Problem, 'rule' | 'line' | 'column'>): undefined {
    this.notToml = true;
    this.report({ severity: 'error', code: 'config/not-toml', file, field: '', ...details });
  }

  private parse(file: string, text: string): Record<string, unknown> | undefined {
    try {
      return parse(text, { integersAsBigInt: 'asNeeded', maxDepth: 32 });
    } catch (error) {
      const { line, column } = error instanceof TomlError ? error : {};
      return this.refuse(file, {
        ...(line === undefined ? {} : { line }),
        ...(column === undefined ? {} : { column }),
        rule: tomlRule(error),
      });
    }
  }
}

/** The parser's reason, without the source excerpt it appends. */
function tomlRule(error: unknown): string {
  const message = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
  return `must be TOML: ${message.replace(/^Invalid TOML document: /, '')}`;
}

/** A source whose bytes have been decoded. */
interface SourceText {
  readonly file: string;
  readonly text: string;
}

class SourceReader {
  private readonly source: SourceText;
  private readonly tree: Record<string, unknown>;
  private readonly merge: Merge;
  private places: Map<string, Place> | undefined;
  private unknownKeys = 0;

  constructor(source: SourceText, tree: Record<string, unknown>, merge: Merge) {
    this.source = source;
    this.tree = tree;
    this.merge = merge;
  }

  read(): void {
    this.table(this.tree, []);
  }

  private table(table: Record<string, unknown>, path: readonly string[]): void {
    const section = path.join('.');
    for (const [name, value] of Object.entries(table)) {
      const here = [...path, name];
      const target = findTarget(section, name, this.merge.tables);
      if (target !== undefined) this.value(target, value, here);
      else if (isTable(value) && isKnownTable(here.join('.'), this.merge.tables)) this.table(value, here);
      else if (isTable(value) && this.isForeign(here)) this.foreign(here);
      else this.unknown(here, isTable(value));
    }
  }

  /** Tables of other hypervisors and agents, which an upstream file may have. */
  private isForeign([kind, name = '', ...rest]: readonly string[]): boolean {
    if (rest.length > 0) return false;
    if (kind === 'hypervisor')
      return hypervisorKinds['1.x'].includes(name) || hypervisorKinds['3.x'].includes(name);
    return kind === 'agent' || kind === 'proxy' || kind === 'shim';
  }

  private foreign(path: readonly string[]): void {
    const place = this.place(path, 'short');
    this.merge.report({
      severity: 'warning',
      code: 'config/no-effect',
      file: this.source.file,
      ...place,
      field: path.join('.'),
      rule: 'is a table of something hako does not drive; it is not read',
    });
  }

  private unknown(path: readonly string[], table: boolean): void {
    const section = path.slice(0, -1).join('.');
    const fix = this.unknownKeys++ < maxGuesses ? adviceFor(path, table, this.merge.tables) : undefined;
    this.merge.report({
      severity: this.merge.unknownSeverity,
      code: 'config/unknown-key',
      file: this.source.file,
      ...this.place(path, 'short'),
      field: printable(path.join('.')),
      rule:
        section === ''
          ? `is not a known ${table ? 'table' : 'key'}`
          : `is not a known key of [${printable(section)}]`,
      ...(fix === undefined ? {} : { fix }),
    });
  }

  private value(target: Target, value: unknown, path: readonly string[]): void {
    const { problems } = check(target.type.shape, value, {
      codePrefix: 'config',
      file: this.source.file,
      path: path.join('.'),
      maxProblems: 10,
    });
    const place = this.place(path);
    const read = problems.length === 0 ? (target.type.read?.(value) ?? value) : undefined;
    for (const problem of problems)
      this.merge.report({ ...problem, ...(place && { line: place.valueLine, column: place.valueColumn }) });
    if (read instanceof Rule)
      this.merge.report({
        severity: 'error',
        code: 'config/bad-value',
        file: this.source.file,
        ...(place && { line: place.valueLine, column: place.valueColumn }),
        field: path.join('.'),
        value: printable(value),
        rule: read.rule,
      });
    if (read === undefined || read instanceof Rule) return;
    this.warnWithoutEffect(target, read, path);
    this.merge.set(target, read, {
      kind: 'file',
      file: this.source.file,
      line: place?.line ?? 1,
      key: path.join('.'),
    });
  }

  private warnWithoutEffect({ key }: Target, value: unknown, path: readonly string[]): void {
    if (
      key.effect === undefined ||
      isEitherWay(key.effect) ||
      JSON.stringify(value) === JSON.stringify(key.default)
    )
      return;
    this.merge.report({
      severity: 'warning',
      code: isRefusal(key.effect) ? 'config/refused' : 'config/no-effect',
      file: this.source.file,
      ...this.place(path, 'short'),
      field: path.join('.'),
      value: printable(value),
      rule: key.effect,
    });
  }

  private place(path: readonly string[]): Place | undefined;
  private place(path: readonly string[], form: 'short'): Pick<Place, 'line' | 'column'> | undefined;
  private place(path: readonly string[], form?: 'short'): Place | Pick<Place, 'line' | 'column'> | undefined {
    this.places ??= locate(this.source.text);
    const place = this.places.get(pathKey(path));
    return form === undefined || place === undefined ? place : { line: place.line, column: place.column };
  }
}

/** Unknown keys of one file that get a guess at what was meant, which is the costly step. */
const maxGuesses = 20;

function adviceFor(
  path: readonly string[],
  table: boolean,
  foreign: readonly ForeignTable[],
): string | undefined {
  const name = path.at(-1) ?? '';
  const siblings = keyNames(path.slice(0, -1).join('.'), foreign);
  const guess =
    siblings.length === 0
      ? nearest(table ? path.join('.') : name, knownTables(foreign))
      : nearest(name, siblings);
  if (guess !== undefined) return `did you mean ${guess}?`;
  const elsewhere = knownTables(foreign).find((section) => findTarget(section, name, foreign) !== undefined);
  return elsewhere === undefined ? undefined : `it belongs in [${elsewhere}]`;
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
