import { quote } from '@hako/errors';
import type { Deviation } from './deviations.ts';
import type { Outcome } from './outcome.ts';
import { isSameError, readReferenceError } from './reference-errors.ts';
import { asObject, asText, isObject, type Json, type JsonObject, type Vector } from './vectors.ts';

/** `agreed`: the very same. `declared`: the same but for declared deviations. `different`: with the reason. */
export type Verdict =
  | { readonly kind: 'agreed' }
  | { readonly kind: 'declared'; readonly deviations: readonly Deviation[] }
  | { readonly kind: 'different'; readonly reason: string };

/** Compares what hako did with what the reference did. */
export function compare(vector: Vector, outcome: Outcome): Verdict {
  const { expect } = vector;
  if (outcome.kind === 'ok')
    return expect.kind === 'ok'
      ? compareValues(vector, expect.value, outcome.value)
      : different(`the reference fails with ${JSON.stringify(expect.message)}, hako does not`);
  const errors = outcome.problems.filter(({ severity }) => severity === 'error');
  const found = errors
    .map(({ code, field, value }) => `${code} ${field} ${JSON.stringify(value)}`)
    .join('; ');
  if (expect.kind === 'ok') return different(`hako fails with ${found}, the reference does not`);
  if (expect.kind === 'panic') {
    const named = errors.some(({ code, field }) => code === 'translate/missing-section' && field !== '');
    return named
      ? { kind: 'declared', deviations: ['b'] }
      : different(`no missing section is named: ${found}`);
  }
  return compareErrors(vector, expect.message, errors, found);
}

function compareErrors(
  vector: Vector,
  message: string,
  errors: readonly Extract<Outcome, { kind: 'problems' }>['problems'][number][],
  found: string,
): Verdict {
  if (isStatfsError(vector, message)) {
    const same = errors.some(({ code, rule }) => code === 'translate/shm-source' && rule.includes(message));
    return same ? { kind: 'declared', deviations: ['c'] } : different(`${message} is not among ${found}`);
  }
  if (vector.entry === 'oci.GetOCIConfig') {
    const same = errors.some(({ code, field }) => code === 'translate/missing-section' && field === 'spec');
    return same ? { kind: 'declared', deviations: ['c'] } : different(`${message} is not among ${found}`);
  }
  const error = readReferenceError(message);
  if (error === undefined) return different(`unknown message of the reference: ${JSON.stringify(message)}`);
  if (!errors.some((problem) => isSameError(problem, error, quote)))
    return different(`${JSON.stringify(message)} is not among ${found}`);
  return { kind: 'declared', deviations: error.misnamed === undefined ? ['c'] : ['c', 'e'] };
}

function isStatfsError({ input }: Vector, message: string): boolean {
  return Object.values(asObject(input.statfs)).some((answer) => asObject(answer).error === message);
}

function compareValues(vector: Vector, expected: Json, actual: Json): Verdict {
  const comparison = new Comparison(vector);
  comparison.visit('', expected, actual, false);
  if (comparison.differences.length > 0) return different(comparison.differences.slice(0, 5).join('; '));
  const found = [...comparison.deviations].sort();
  return found.length === 0 ? { kind: 'agreed' } : { kind: 'declared', deviations: found };
}

class Comparison {
  readonly differences: string[] = [];
  readonly deviations = new Set<Deviation>();
  private readonly vector: Vector;

  constructor(vector: Vector) {
    this.vector = vector;
  }

  /** @param oci whether the value is a struct of the OCI specification, where Go leaves out empty members */
  visit(path: string, expected: Json | undefined, actual: Json | undefined, oci: boolean): void {
    if (isReference(expected)) {
      const spec = this.vector.input.spec;
      this.visit(path, spec, actual, true);
    } else if (isEmptyList(expected) && isEmptyList(actual)) {
      if (expected !== actual && (expected === null || actual === null)) this.deviations.add('d');
    } else if (Array.isArray(expected) && Array.isArray(actual)) {
      if (path.endsWith('Cmd.Envs')) this.visitEnvironment(path, expected, actual);
      else this.visitList(path, expected, actual, oci);
    } else if (isObject(expected) && isObject(actual)) this.visitObject(path, expected, actual, oci);
    else if (this.vector.entry === 'experimental.Register') this.visitFeatureError(path, expected, actual);
    else if (expected !== actual) this.differ(path, expected, actual);
  }

  private visitList(path: string, expected: readonly Json[], actual: readonly Json[], oci: boolean): void {
    if (expected.length !== actual.length) this.differ(`${path}.length`, expected.length, actual.length);
    else
      for (const [index, member] of expected.entries())
        this.visit(`${path}[${index}]`, member, actual[index], oci);
  }

  private visitObject(path: string, expected: JsonObject, actual: JsonObject, oci: boolean): void {
    for (const name of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
      const here = path === '' ? name : `${path}.${name}`;
      const inOci = oci || name === 'Resources' || name === 'Capabilities' || isOciEntry(this.vector.entry);
      const [left, right] = [expected[name], actual[name]];
      if (inOci && isOmitted(left) && isOmitted(right)) continue;
      if (left === undefined || right === undefined) this.differ(here, left, right);
      else this.visit(here, left, right, inOci);
    }
  }

  /** Deviation (a): the reference keeps what is between the first and the second "=". */
  private visitEnvironment(path: string, expected: readonly Json[], actual: readonly Json[]): void {
    if (expected.length !== actual.length) {
      this.differ(`${path}.length`, expected.length, actual.length);
      return;
    }
    for (const [index, member] of expected.entries()) {
      const [left, right] = [asObject(member), asObject(actual[index])];
      const cut = asText(right.Value).split('=')[0];
      if (left.Var === right.Var && left.Value !== right.Value && left.Value === cut)
        this.deviations.add('a');
      else this.visitObject(`${path}[${index}]`, left, right, false);
    }
  }

  /** Messages of registering: the code of hako's problem says which one it is. */
  private visitFeatureError(path: string, expected: Json | undefined, actual: Json | undefined): void {
    const code = asText(isObject(actual) ? actual.code : undefined);
    const patterns: Readonly<Record<string, RegExp>> = {
      'feature/known': /had been registered before$/,
      'feature/incomplete': /^experimental feature must have valid name, description and expected release$/,
      'feature/name': /^feature name must in the format /,
    };
    if (typeof expected === 'string' && patterns[code]?.test(expected) === true) this.deviations.add('c');
    else if (expected !== actual) this.differ(path, expected, actual);
  }

  private differ(path: string, expected: Json | undefined, actual: Json | undefined): void {
    this.differences.push(`${path}: expected ${show(expected)}, got ${show(actual)}`);
  }
}

function different(reason: string): Verdict {
  return { kind: 'different', reason };
}

function isReference(value: Json | undefined): boolean {
  return isObject(value) && value.$ref === 'input.spec';
}

function isEmptyList(value: Json | undefined): boolean {
  return value === null || (Array.isArray(value) && value.length === 0);
}

/** Entries whose whole result is a struct of the specification. */
function isOciEntry(entry: string): boolean {
  return entry === 'oci.StatusToOCIState' || entry === 'oci.GetOCIConfig';
}

/** What `omitempty` leaves out. */
function isOmitted(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === false || value === 0 || value === '') return true;
  if (Array.isArray(value)) return value.length === 0;
  return isObject(value) && Object.values(value).every(isOmitted);
}

function show(value: Json | undefined): string {
  return (
    JSON.stringify(value, (_name, member: unknown) => (typeof member === 'bigint' ? `${member}n` : member)) ??
    'nothing'
  );
}
