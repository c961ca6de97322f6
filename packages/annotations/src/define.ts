import type { Line, Override, Semantics } from './family.ts';

/** What a row says beside its key, target and codecs. */
export type OverrideInfo = Pick<Override<never>, 'meaning' | 'since'> &
  Partial<
    Pick<
      Override<never>,
      'aliases' | 'unit' | 'limits' | 'until' | 'sensitive' | 'pathList' | 'effect' | 'internal'
    >
  >;

/** Semantics of a row: one for both lines, or by line. */
export type RowSemantics<C, V> = Semantics<C, V> | { readonly [L in Line]?: Semantics<C, V> };

/** Makes rows for one kind of configuration. */
export interface RowMaker<C> {
  /**
   * A row that sets `config[part][field]`; the compiler holds the codecs to that field's type.
   */
  set<P extends keyof C & string, F extends keyof C[P] & string>(
    key: string,
    part: P,
    field: F,
    semantics: RowSemantics<C, Exclude<C[P][F], undefined>>,
    info: OverrideInfo,
  ): Override<C>;
  /** A row whose value is checked and sets nothing. */
  accept<V>(key: string, semantics: RowSemantics<C, V>, info: OverrideInfo): Override<C>;
}

/**
 * Rows for families over configurations of type `C`.
 *
 * @param effectOf `effect` of rows that set a field of a part, where the configuration itself knows it; a row's own wins
 */
export function rowsFor<C extends object>(
  effectOf: (part: keyof C & string, field: string) => string | undefined = () => undefined,
): RowMaker<C> {
  return {
    set: (key, part, field, semantics, info) => {
      const effect = info.effect ?? effectOf(part, field);
      const known = effect === undefined ? info : { ...info, effect };
      return row(key, byLine(semantics), known, { part, field });
    },
    accept: (key, semantics, info) => row(key, byLine(semantics), info),
  };
}

function row<C>(
  key: string,
  semantics: { readonly [L in Line]?: Semantics<C, never> },
  { aliases = [], ...info }: OverrideInfo,
  target?: { part: string; field: string },
): Override<C> {
  // The engine hands a row's own values back to it only, so their type need not be visible to the engine.
  const untyped = semantics as unknown as Override<C>['semantics'];
  return { key, aliases, semantics: untyped, ...info, ...(target === undefined ? {} : { target }) };
}

function byLine<C, V>(semantics: RowSemantics<C, V>): { readonly [L in Line]?: Semantics<C, never> } {
  const lines = 'codec' in semantics ? { '1.x': semantics, '3.x': semantics } : semantics;
  return lines as unknown as { readonly [L in Line]?: Semantics<C, never> };
}
