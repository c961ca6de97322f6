import type { Problem } from '@hako/errors';
import { nearest, type Origin, type Origins, printable } from '@hako/shape';
import type { FamilyRule, HostFacts, Line, Override, OverrideFamily, Semantics } from './family.ts';
import { compilePolicy, gateName, type Policy, type PolicyCheck, safePolicy } from './policy.ts';

export interface ApplyInput<C extends object> {
  /** As on the container; keys that no family knows are looked at only for spelling. */
  readonly annotations: Readonly<Record<string, string>>;
  readonly families: readonly OverrideFamily<C>[];
  readonly config: C;
  readonly origins?: Origins;
  readonly host: HostFacts;
  /** Default `safePolicy`. */
  readonly policy?: Policy;
  /** Default `3.x`. */
  readonly line?: Line;
}

export interface ApplyResult<C> {
  /** Parts without overrides are the same objects as in the input. */
  readonly config: C;
  readonly origins: Origins;
  /** Errors refuse the whole set; with none, `config` may be used. */
  readonly problems: readonly Problem[];
  /** What each accepted annotation did, in the families' order. */
  readonly applied: readonly AppliedOverride[];
}

export interface AppliedOverride {
  readonly key: string;
  readonly family: string;
  /** The annotation's text. */
  readonly text: string;
  /** Field path, if the key sets one. */
  readonly field?: string;
  /** `set`: the field has the value. `ignored`: legal, says nothing here; `reason` says why. */
  readonly outcome: 'set' | 'ignored';
  readonly reason?: string;
}

const ownPrefix = 'io.katacontainers.';

/**
 * Applies annotations to a configuration. All annotations are looked at, whatever is wrong with some; their order
 * never matters. Throws nothing.
 */
export function applyOverrides<C extends object>(input: ApplyInput<C>): ApplyResult<C> {
  return new Application(input).run();
}

type Parts = Record<string, Record<string, unknown>>;

class Application<C extends object> {
  private readonly input: ApplyInput<C>;
  private readonly line: Line;
  private readonly policy: PolicyCheck;
  private readonly problems: Problem[] = [];
  private readonly applied: AppliedOverride[] = [];
  private readonly changed = new Map<string, Override<C>>();
  private origins: Record<string, Origin> | undefined;
  private parts: Parts | undefined;

  constructor(input: ApplyInput<C>) {
    this.input = input;
    this.line = input.line ?? '3.x';
    this.policy = compilePolicy(input.policy ?? safePolicy);
  }

  run(): ApplyResult<C> {
    for (const [key, row] of this.inTableOrder()) this.applyRow(key, row);
    this.clearExcluded();
    const config = this.config();
    const changed = new Set(this.changed.keys());
    for (const family of this.input.families)
      for (const rule of family.rules ?? [])
        if (rule.lines.includes(this.line) && rule.broken(config, changed)) this.reportRule(rule);
    return {
      config,
      origins: this.origins ?? this.input.origins ?? {},
      problems: this.problems,
      applied: this.applied,
    };
  }

  /** The annotations that a table knows, in the order of the tables, so that their own order has no influence. */
  private inTableOrder(): [string, IndexedRow<C>][] {
    const { annotations, families } = this.input;
    const index = indexOf(families);
    const known = index === undefined ? rowsOf(annotations, families) : [];
    const isKnown = index ?? new Map(known);
    const unknown: string[] = [];
    for (const key of Object.keys(annotations)) {
      const row = isKnown.get(key);
      if (row === undefined) {
        if (key.startsWith(ownPrefix)) unknown.push(key);
      } else if (index !== undefined) known.push([key, row]);
    }
    if (unknown.length > 0) this.unknownKeys(unknown.sort(), index ?? makeIndex(families));
    return index === undefined ? known : known.sort(([, a], [, b]) => a.position - b.position);
  }

  private applyRow(key: string, { override, family }: IndexedRow<C>): void {
    const text = this.input.annotations[key];
    if (typeof text !== 'string') return;
    const semantics = override.semantics[this.line];
    if (override.internal === true)
      this.skip(key, family, text, 'set by the runtime itself; a given value does not count');
    else if (semantics === undefined) this.skip(key, family, text, `has no meaning in line ${this.line}`);
    else if (family.appliesTo?.(this.input.config) === false)
      this.skip(key, family, text, `is for another agent than the configured one`);
    else this.applySemantics(key, text, override, family, semantics);
  }

  private applySemantics(
    key: string,
    text: string,
    override: Override<C>,
    family: OverrideFamily<C>,
    semantics: Semantics<C, unknown>,
  ): void {
    if (!this.policy.allowsKey(key, override.sensitive !== undefined)) {
      this.refuseKey(key, text, override);
      return;
    }
    const outcome = semantics.codec.read(text);
    if (outcome.kind === 'ignored') {
      this.skip(key, family, text, outcome.reason);
      return;
    }
    const context = { line: this.line, host: this.input.host, config: this.input.config };
    const refusal = outcome.kind === 'refused' ? outcome : semantics.limit?.(outcome.value, context);
    if (refusal !== undefined || outcome.kind === 'refused') {
      if (refusal !== undefined) this.error(`annotation/${refusal.reason}`, key, text, refusal.rule);
      return;
    }
    const path =
      override.pathList === undefined ? undefined : this.allowedPath(key, String(outcome.value), override);
    if (path === false) return;
    this.set(key, text, override, family, semantics, path ?? outcome.value);
  }

  private set(
    key: string,
    text: string,
    override: Override<C>,
    family: OverrideFamily<C>,
    semantics: Semantics<C, unknown>,
    read: unknown,
  ): void {
    const { target } = override;
    const warn = (): void => {
      if (override.effect !== undefined) this.warn('annotation/no-effect', key, text, override.effect);
    };
    if (target === undefined) {
      warn();
      this.applied.push({ key, family: family.name, text, outcome: 'set' });
      return;
    }
    const field = `${target.part}.${target.field}`;
    const part = this.part(target.part);
    const next = semantics.combine === undefined ? read : semantics.combine(part[target.field], read);
    const isChange = JSON.stringify(part[target.field]) !== JSON.stringify(next);
    // Asked for as it is, nothing is missed.
    if (isChange) warn();
    const earlier = this.origins?.[field];
    if (this.changed.has(field) && earlier?.kind === 'annotation') {
      if (isChange)
        this.error(
          'annotation/conflict',
          key,
          text,
          `contradicts ${earlier.key}, which sets the same value`,
          'keep one of the two',
        );
      return;
    }
    part[target.field] = next;
    this.changed.set(field, override);
    this.origins ??= { ...this.input.origins };
    this.origins[field] = { kind: 'annotation', key };
    this.applied.push({ key, family: family.name, text, field, outcome: 'set' });
  }

  private clearExcluded(): void {
    for (const override of this.changed.values()) {
      const clears = override.semantics[this.line]?.clears;
      if (clears === undefined || this.changed.has(`${clears.part}.${clears.field}`)) continue;
      const part = this.part(clears.part);
      if (part[clears.field] === clears.value) continue;
      part[clears.field] = clears.value;
      this.origins ??= { ...this.input.origins };
      this.origins[`${clears.part}.${clears.field}`] = {
        kind: 'derived',
        from: `excluded by ${override.key}`,
      };
    }
  }

  private part(name: string): Record<string, unknown> {
    const source = this.input.config as Readonly<Record<string, Record<string, unknown>>>;
    this.parts ??= {};
    const part = this.parts[name] ?? { ...source[name] };
    this.parts[name] = part;
    return part;
  }

  private config(): C {
    return this.parts === undefined ? this.input.config : { ...this.input.config, ...this.parts };
  }

  private reportRule(rule: FamilyRule<C>): void {
    const origin = this.origins?.[rule.field] ?? this.input.origins?.[rule.field];
    this.problems.push({
      severity: 'error',
      code: rule.code,
      ...(origin?.kind === 'file' ? { file: origin.file, line: origin.line } : {}),
      field: origin?.kind === 'annotation' ? origin.key : rule.field,
      rule: rule.rule,
      ...(rule.fix === undefined ? {} : { fix: rule.fix }),
    });
  }

  private allowedPath(key: string, text: string, override: Override<C>): string | false {
    const list = override.pathList ?? '';
    if (this.policy.allowsAnyPath(list)) return text;
    const { canonicalPath } = this.input.host;
    const path = canonicalPath === undefined ? text : canonicalPath(text);
    if (path === undefined) {
      this.error('annotation/no-such-path', key, text, 'must name something that exists on the host');
      return false;
    }
    if (/(?:^|\/)\.\.?(?:\/|$)/.test(path)) {
      this.error('annotation/bad-value', key, text, 'must be a path without . and .. parts');
      return false;
    }
    if (this.policy.allowsPath(list, path)) return path;
    this.error(
      'annotation/path-not-allowed',
      key,
      text,
      `must match a pattern of ${list}`,
      `add ${JSON.stringify(path)} to ${list} in [hypervisor.qemu]${this.policyPlace()}`,
    );
    return false;
  }

  private refuseKey(key: string, text: string, override: Override<C>): void {
    const why = override.sensitive === undefined ? '' : `: ${override.sensitive}`;
    this.error(
      'annotation/not-allowed',
      key,
      text,
      `is allowed only where the operator enables it${why}`,
      `add ${JSON.stringify(escapePattern(gateName(key)))} to enable_annotations in [hypervisor.qemu]${this.policyPlace()}`,
    );
  }

  private policyPlace(): string {
    const source = this.input.policy?.source;
    return source === undefined ? '' : ` (${source.file}:${source.line})`;
  }

  private unknownKeys(keys: readonly string[], index: ReadonlyMap<string, unknown>): void {
    for (const [position, key] of keys.slice(0, maxUnknown).entries()) {
      const guess = position < maxGuesses ? nearest(key, index.keys()) : undefined;
      this.problems.push({
        severity: 'warning',
        code: 'annotation/unknown-key',
        field: printable(key),
        rule: 'is not a known annotation and changes nothing',
        ...(guess === undefined ? {} : { fix: `did you mean ${guess}?` }),
      });
    }
    if (keys.length > maxUnknown)
      this.problems.push({
        severity: 'warning',
        code: 'annotation/unknown-key',
        field: '',
        rule: `${keys.length - maxUnknown} more unknown annotations are not listed`,
      });
  }

  private skip(key: string, family: OverrideFamily<C>, text: string, reason: string): void {
    this.applied.push({ key, family: family.name, text, outcome: 'ignored', reason });
    this.warn('annotation/ignored', key, text, reason);
  }

  private warn(code: string, key: string, text: string, rule: string): void {
    this.problems.push({ severity: 'warning', code, field: key, value: printable(text), rule });
  }

  private error(code: string, key: string, text: string, rule: string, fix?: string): void {
    const problem: Problem = { severity: 'error', code, field: key, value: printable(text), rule };
    this.problems.push(fix === undefined ? problem : { ...problem, fix });
  }
}

/** Unknown keys that are named one by one; the others are counted. */
const maxUnknown = 1000;
/** Unknown keys that get a guess, which is the one costly step. */
const maxGuesses = 20;

interface IndexedRow<C> {
  readonly override: Override<C>;
  readonly family: OverrideFamily<C>;
  readonly position: number;
}

type Index<C> = ReadonlyMap<string, IndexedRow<C>>;

const indices = new WeakMap<object, Index<never> | 'wanted'>();

/**
 * Rows by key and alias; kept per list of families. Undefined the first time: a command translates once, and looking
 * through the tables once costs it less than an index of them.
 */
function indexOf<C>(families: readonly OverrideFamily<C>[]): Index<C> | undefined {
  const known = indices.get(families);
  if (known === undefined) {
    indices.set(families, 'wanted');
    return undefined;
  }
  if (known !== 'wanted') return known as unknown as Index<C>;
  const index = makeIndex(families);
  indices.set(families, index as unknown as Index<never>);
  return index;
}

function makeIndex<C>(families: readonly OverrideFamily<C>[]): Index<C> {
  const index = new Map<string, IndexedRow<C>>();
  for (const family of families)
    for (const override of family.overrides)
      for (const key of [override.key, ...override.aliases])
        index.set(key, { override, family, position: index.size });
  return index;
}

/** The rows of the annotations that there are, in the order of the tables; of a key in two tables the last. */
function rowsOf<C>(
  annotations: Readonly<Record<string, string>>,
  families: readonly OverrideFamily<C>[],
): [string, IndexedRow<C>][] {
  const rows: [string, IndexedRow<C>][] = [];
  const add = (key: string, override: Override<C>, family: OverrideFamily<C>): void => {
    if (Object.hasOwn(annotations, key)) rows.push([key, { override, family, position: rows.length }]);
  };
  for (const family of families)
    for (const override of family.overrides) {
      add(override.key, override, family);
      for (const alias of override.aliases) add(alias, override, family);
    }
  const last = new Map(rows);
  return last.size === rows.length ? rows : rows.filter(([key, row]) => last.get(key) === row);
}

function escapePattern(name: string): string {
  return name.replaceAll('.', '\\.');
}
