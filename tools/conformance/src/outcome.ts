import type { Problem } from '@hako/errors';
import type { Json } from './vectors.ts';

/** What hako did with an input, in the reference's form. */
export type Outcome =
  | { readonly kind: 'ok'; readonly value: Json }
  | { readonly kind: 'problems'; readonly problems: readonly Problem[] };

export function ok(value: Json): Outcome {
  return { kind: 'ok', value };
}

export function failed(...problems: readonly Problem[]): Outcome {
  return { kind: 'problems', problems };
}

/** A result or a problem. */
export function either(result: Json | Problem): Outcome {
  return isProblem(result) ? failed(result) : ok(result);
}

export function isProblem(value: unknown): value is Problem {
  return typeof value === 'object' && value !== null && 'severity' in value && 'rule' in value;
}

/** For functions of hako that answer "nothing" where the reference has an error. */
export function nothing(what: string): Problem {
  return { severity: 'error', code: 'conformance/nothing', field: what, rule: 'is not there' };
}
