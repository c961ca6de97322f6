import type { Shape } from '@hako/shape';

/** How a TOML value becomes a configuration value and back. */
export interface ValueType<T> {
  /** For people: `path`, `whole number`. */
  readonly name: string;
  /** What the TOML value must look like. */
  readonly shape: Shape<unknown>;
  /** From the TOML value, once it has the shape. Default: as it is. A returned `Rule` refuses it. */
  read?(value: unknown): T | Rule;
  /** Back to a TOML value. Default: as it is. */
  write?(value: T): unknown;
}

/** A value that has the right type but breaks a rule; `rule` as in `Problem`. */
export class Rule {
  readonly rule: string;
  constructor(rule: string) {
    this.rule = rule;
  }
}

/** Which line of Kata has a key: `1.x` (April 2020), `3.x` (Go or Rust), `hako` for our own. */
export type KeyLine = '1.x' | '3.x' | 'hako';

/** One key of configuration.toml. Documentation, schema, commented default and checks all derive from it. */
export interface ConfigKey<T> {
  /** Name in its table. */
  readonly toml: string;
  readonly type: ValueType<T>;
  readonly default: T;
  /** Default of 1.x where it is another one. */
  readonly default1x?: T;
  readonly unit?: string;
  readonly lines: readonly KeyLine[];
  /** Other places where the same value may stand. */
  readonly aliases?: readonly KeyAlias<T>[];
  /** One sentence. */
  readonly meaning: string;
  /** Limits and special values, for people. */
  readonly rule?: string;
  /** Why the key changes nothing (`noEffect`, `eitherWay`) or may not be set (`refused`); absent when hako acts on it. */
  readonly effect?: string;
}

export interface KeyAlias<T> {
  /** Default: the same table. */
  readonly section?: string;
  readonly toml: string;
  /** Default: the same type. */
  readonly type?: ValueType<T>;
}

/** One key for each member of a configuration part: the compiler finds a missing or superfluous one. */
export type KeyTable<T> = { readonly [F in keyof T]-?: ConfigKey<T[F]> };

/** `effect` of keys that are read and checked while nothing acts on them yet; `reason` says why. */
export function noEffect(reason: string): string {
  return `accepted, no effect in this version: ${reason}`;
}

/** `effect` of keys that ask for what hako does anyway. */
export function eitherWay(reason: string): string {
  return `${eitherWayPrefix}${reason}`;
}

/** `effect` of keys that say more about what `owner`, a key of the same table, asks for, which is refused. */
export function parameterOf(owner: string): string {
  return noEffect(`${owner} is refused`);
}

const eitherWayPrefix = 'the same either way: ';
const refusedPrefix = 'refused: ';

/** `effect` of keys that no VM is started with when they are set: to ignore them would deceive; `reason` says why. */
export function refused(reason: string): string {
  return `${refusedPrefix}${reason}`;
}

/** True for an effect made by `refused`. */
export function isRefusal(effect: string | undefined): effect is string {
  return effect?.startsWith(refusedPrefix) === true;
}

/** True for an effect made by `eitherWay`. */
export function isEitherWay(effect: string | undefined): effect is string {
  return effect?.startsWith(eitherWayPrefix) === true;
}
