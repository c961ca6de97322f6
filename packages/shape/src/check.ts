import type { Problem } from '@hako/errors';
import { nearest } from './nearest.ts';
import { printable } from './printable.ts';
import type { Int64, Shape, ShapeNode } from './shape.ts';

export interface CheckOptions {
  /** First part of the problems' codes: `oci-spec` gives `oci-spec/wrong-type`. */
  readonly codePrefix: string;
  /** Name of the document, put into each problem. */
  readonly file?: string;
  /** Path of `value` in its document. Default: the document itself. */
  readonly path?: string;
  /** Stop after this many problems. Default 100. */
  readonly maxProblems?: number;
}

/** What `check` found. */
export interface CheckResult {
  /** Empty if the value has the shape. */
  readonly problems: readonly Problem[];
  /**
   * Optional members that are null. Go programs write and read null as absent, so it is no problem; who wants
   * plain data drops them (`dropNulls`).
   */
  readonly nulls: readonly NullMember[];
}

interface NullMember {
  readonly owner: Record<string, unknown>;
  readonly name: string;
}

/** How deep values may be nested; deeper data is refused rather than walked. */
export const maxDepth = 128;

/** Compares a value with a shape and reports everything that is wrong with it. Never throws. */
export function check(shape: Shape<unknown>, value: unknown, options: CheckOptions): CheckResult {
  const checker = new Checker(options);
  checker.visit(shape, value, 0);
  return checker;
}

/** True if the value has the shape; optional members may be null. */
export function matches<T>(shape: Shape<T>, value: unknown): value is T {
  return check(shape, value, { codePrefix: '', maxProblems: 1 }).problems.length === 0;
}

/** Removes the members that `check` reported as null. Changes the checked value. */
export function dropNulls(result: CheckResult): void {
  for (const { owner, name } of result.nulls) delete owner[name];
}

class Checker implements CheckResult {
  readonly problems: Problem[] = [];
  readonly nulls: NullMember[] = [];
  /** Names and indices from the document to the visited value; turned into text only for problems. */
  private readonly path: (string | number)[] = [];
  private readonly options: CheckOptions;
  private readonly limit: number;

  constructor(options: CheckOptions) {
    this.options = options;
    this.limit = options.maxProblems ?? 100;
  }

  visit(shape: ShapeNode, value: unknown, depth: number): void {
    if (this.problems.length >= this.limit) return;
    switch (shape.kind) {
      case 'unknown':
        return;
      case 'boolean':
        if (typeof value !== 'boolean') this.wrongType(value, 'true or false');
        return;
      case 'string':
        this.visitString(shape, value);
        return;
      case 'enum':
        if (typeof value !== 'string') this.wrongType(value, 'a string');
        else if (!shape.values.includes(value)) this.notOneOf(value, shape.values);
        return;
      case 'number':
        if (typeof value !== 'number' || !Number.isFinite(value)) this.wrongType(value, 'a number');
        else this.inRange(value, shape.min, shape.max);
        return;
      case 'integer':
        if (!isInteger(value)) this.wrongType(value, 'a whole number');
        else this.inRange(value, shape.min, shape.max);
        return;
      case 'list':
        if (!Array.isArray(value)) this.wrongType(value, 'an array');
        else if (this.notTooDeep(depth))
          for (let index = 0; index < value.length; index++)
            this.visitAt(index, shape.item, value[index], depth);
        return;
      case 'record':
        if (!isRecord(value)) this.wrongType(value, 'an object');
        else if (this.notTooDeep(depth))
          for (const name of Object.keys(value)) this.visitAt(name, shape.item, value[name], depth);
        return;
      case 'object':
        if (!isRecord(value)) this.wrongType(value, 'an object');
        else if (this.notTooDeep(depth)) this.visitMembers(shape, value, depth);
    }
  }

  private visitMembers(
    shape: ShapeNode & { kind: 'object' },
    value: Record<string, unknown>,
    depth: number,
  ): void {
    for (const name of Object.keys(value)) {
      const field = Object.hasOwn(shape.fields, name) ? shape.fields[name] : undefined;
      const member = value[name];
      if (field === undefined) {
        if (shape.closed) this.unknownMember(name, Object.keys(shape.fields));
      } else if (member === undefined) {
        // As if it were absent.
      } else if (member === null && field.kind !== 'unknown' && !shape.required.includes(name)) {
        this.nulls.push({ owner: value, name });
      } else this.visitAt(name, field, member, depth);
    }
    for (const name of shape.required) {
      if (value[name] !== undefined) continue;
      this.path.push(name);
      this.report('missing', undefined, 'is required');
      this.path.pop();
    }
  }

  private visitAt(step: string | number, shape: ShapeNode, value: unknown, depth: number): void {
    this.path.push(step);
    this.visit(shape, value, depth + 1);
    this.path.pop();
  }

  private visitString({ form, pattern }: ShapeNode & { kind: 'string' }, value: unknown): void {
    if (typeof value !== 'string') this.wrongType(value, 'a string');
    else if (form === 'text') return;
    else if (value.includes('\0')) this.report('bad-value', value, 'must not contain NUL');
    else if (form === 'name' && value === '') this.report('bad-value', value, 'must not be empty');
    else if (form === 'absolute' && !value.startsWith('/'))
      this.report('bad-value', value, 'must be an absolute path');
    else if (pattern !== undefined && !new RegExp(pattern.source, 'u').test(value))
      this.report('bad-value', value, pattern.rule);
  }

  private inRange(value: Int64, min: Int64 | undefined, max: Int64 | undefined): void {
    if (min !== undefined && value < min) this.report('out-of-range', value, `must be at least ${min}`);
    else if (max !== undefined && value > max) this.report('out-of-range', value, `must be at most ${max}`);
  }

  private notTooDeep(depth: number): boolean {
    if (depth < maxDepth) return true;
    this.report('too-deep', undefined, `must not be nested deeper than ${maxDepth} levels`);
    return false;
  }

  private wrongType(value: unknown, wanted: string): void {
    this.report('wrong-type', value, `must be ${wanted}, not ${typeName(value)}`);
  }

  private notOneOf(value: string, values: readonly string[]): void {
    const guess = nearest(value, values);
    this.report('bad-value', value, `must be one of ${values.join(', ')}`, guess && `did you mean ${guess}?`);
  }

  private unknownMember(name: string, known: readonly string[]): void {
    const guess = nearest(name, known);
    this.path.push(name);
    this.report('unknown-key', undefined, 'is not a known key', guess && `did you mean ${guess}?`);
    this.path.pop();
  }

  private report(code: string, value: unknown, rule: string, fix?: string): void {
    if (this.problems.length >= this.limit) return;
    this.problems.push({
      severity: 'error',
      code: `${this.options.codePrefix}/${code}`,
      ...(this.options.file === undefined ? {} : { file: this.options.file }),
      field: formatPath(this.path, this.options.path),
      ...(value === undefined ? {} : { value: printable(value) }),
      rule,
      ...(fix === undefined ? {} : { fix }),
    });
  }
}

/** `process.args[0]`; names that are not plain words are quoted: `annotations["a.b"]`. */
export function formatPath(path: readonly (string | number)[], start = ''): string {
  let result = start;
  for (const step of path) {
    if (typeof step === 'number') result += `[${step}]`;
    else if (/^[A-Za-z_][\w-]*$/.test(step)) result += result === '' ? step : `.${step}`;
    else result += `[${JSON.stringify(printable(step))}]`;
  }
  return result;
}

function isInteger(value: unknown): value is Int64 {
  return typeof value === 'bigint' || Number.isInteger(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  switch (typeof value) {
    case 'object':
      return 'an object';
    case 'number':
      return Number.isInteger(value) ? 'a number' : 'a fraction';
    case 'bigint':
      return 'a number';
    case 'undefined':
      return 'absent';
    default:
      return `a ${typeof value}`;
  }
}
