import type { Codec } from './codec.ts';
import type { Refusal } from './outcome.ts';

/** Which line's rules count: `1.x` exactly as Kata of April 2020, `3.x` as today. */
export type Line = '1.x' | '3.x';

/** Facts about the host that limits depend on. */
export interface HostFacts {
  /** CPUs of the host as the runtime may use them. */
  readonly numCpus: number;
  /**
   * A path with symbolic links resolved, or undefined if there is no such file. Without it paths are compared as
   * written.
   */
  readonly canonicalPath?: (path: string) => string | undefined;
  /** Names of the experimental features that may be asked for. Default none. */
  readonly experimentalFeatures?: readonly string[];
}

/** What a limit may look at beside the value. */
export interface LimitContext<C> {
  readonly line: Line;
  readonly host: HostFacts;
  /** The configuration before any annotation. */
  readonly config: C;
}

/** How one line treats a key. */
export interface Semantics<C, V> {
  readonly codec: Codec<V>;
  /** The new value of the field from the current and the read one. Default: the read one. */
  combine?(current: V, read: V): V;
  /** Another field that this one excludes: it gets `value`, unless an annotation set it too. */
  readonly clears?: { readonly part: string; readonly field: string; readonly value: unknown };
  /** Limits that depend on more than the text. */
  limit?(read: V, context: LimitContext<C>): Refusal | undefined;
}

/**
 * One annotation key: a row of a family's table. References, JSON Schemas, shell completion, the allow-list and
 * `hako explain` derive from these rows. Made by `defineFamily`.
 */
export interface Override<C> {
  readonly key: string;
  /** Other spellings with the same meaning. */
  readonly aliases: readonly string[];
  /** Part and field of the configuration that is set; undefined for keys that set none. */
  readonly target?: { readonly part: string; readonly field: string };
  /** By line; a line without an entry accepts the key and lets it change nothing. */
  readonly semantics: { readonly [L in Line]?: Semantics<C, unknown> };
  readonly unit?: string;
  /** Accepted values and limits, for people. */
  readonly limits?: string;
  /** First release that reads the key, last one that does (absent: still). */
  readonly since: string;
  readonly until?: string;
  /** Why only the operator may allow it; absent for harmless keys. */
  readonly sensitive?: string;
  /** Name of the list of paths the value must be in. */
  readonly pathList?: string;
  /** Why the key changes nothing in this version; absent when hako acts on it. */
  readonly effect?: string;
  /** Set by the runtime itself: no problem on a container, no meaning either. */
  readonly internal?: boolean;
  /** One sentence. */
  readonly meaning: string;
}

/** A rule over the configuration after all annotations. */
export interface FamilyRule<C> {
  readonly lines: readonly Line[];
  readonly code: string;
  /** Field path (`hypervisor.virtioFsDaemon`) of the value to blame. */
  readonly field: string;
  readonly rule: string;
  readonly fix?: string;
  broken(config: C, changed: ReadonlySet<string>): boolean;
}

/** A table of annotation keys over a configuration `C`, which may be more than this family needs to know. */
export interface OverrideFamily<C> {
  readonly name: string;
  readonly overrides: readonly Override<C>[];
  readonly rules?: readonly FamilyRule<C>[];
  /** When false, the family's annotations are ignored, wrong ones too. Default: always true. */
  appliesTo?(config: C): boolean;
}
