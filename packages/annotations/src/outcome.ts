/** What reading one annotation's text gave. */
export type Outcome<T> =
  | { readonly kind: 'value'; readonly value: T }
  /** The text is legal and says nothing, as an empty machine type does; `reason` as a lower-case clause. */
  | { readonly kind: 'ignored'; readonly reason: string }
  | Refusal;

/** `rule` as in `Problem`: what is demanded of the text or value. */
export interface Refusal {
  readonly kind: 'refused';
  readonly reason: 'bad-value' | 'out-of-range';
  readonly rule: string;
}

export function value<T>(read: T): Outcome<T> {
  return { kind: 'value', value: read };
}

export function ignored(reason: string): Outcome<never> {
  return { kind: 'ignored', reason };
}

export function refused(rule: string, reason: Refusal['reason'] = 'bad-value'): Refusal {
  return { kind: 'refused', reason, rule };
}
