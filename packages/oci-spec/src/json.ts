import type { Problem } from '@hako/errors';
import { maxDepth, printable } from '@hako/shape';
import { OciSpecError } from './error.ts';
import { JsonScanner, JsonSyntaxError } from './json-scanner.ts';
import { textOf } from './utf8.ts';

export interface ParseJsonOptions {
  /** Name of the document for problems. */
  readonly file?: string;
  /** Longest text accepted, in UTF-16 units (bytes for byte input). Default 16 Mi. */
  readonly maxLength?: number;
}

const defaultMaxLength = 16 * 1024 * 1024;
/** Above this length the text's depth is bounded before the engine's own parser sees it. */
const quickLength = 256 * 1024;

/**
 * Reads JSON exactly: whole numbers beyond 2^53 - 1 become bigints, repeated member names are errors, depth and
 * length are bounded. Throws `OciSpecError` (`not-json`) naming line and column.
 */
export function parseJson(input: string | Uint8Array, options: ParseJsonOptions = {}): unknown {
  const maxLength = options.maxLength ?? defaultMaxLength;
  if (input.length > maxLength)
    throw notJson(options, { rule: `must not be longer than ${maxLength} bytes`, value: `${input.length}` });
  const text = typeof input === 'string' ? input : textOf(input, options);
  const quick = text.length <= quickLength ? quickParse(text) : undefined;
  return quick === undefined ? slowParse(text, options) : quick.value;
}

/**
 * Writes JSON exactly: bigints become plain whole numbers, which `JSON.stringify` alone refuses. `indent` is the
 * number of spaces per level; default none.
 */
export function stringifyJson(value: unknown, indent = 0): string {
  return JSON.stringify(
    value,
    (_name, member: unknown) => (typeof member === 'bigint' ? jsonSource.rawJSON(member.toString()) : member),
    indent,
  );
}

/** ES2026 "JSON.parse source text access", in Node since 21 and in all browsers; not yet in the compiler's library. */
const jsonSource = JSON as unknown as { rawJSON(text: string): unknown };

/** The engine's parser, if its result is surely exact: no long numbers, no repeated names, not too deep. */
function quickParse(text: string): { value: unknown } | undefined {
  if (/\d{16}/.test(text)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const members = countMembers(value, 0);
  // White space before a colon, or a quote and a colon inside a string: then the slow way decides.
  return members === text.split('":').length - 1 ? { value } : undefined;
}

/** Members of all objects in a value; undefined if it is too deep. */
function countMembers(value: unknown, depth: number): number | undefined {
  if (typeof value !== 'object' || value === null) return 0;
  if (depth >= maxDepth) return undefined;
  let count = 0;
  const isObject = !Array.isArray(value);
  for (const member of isObject ? Object.values(value) : value) {
    if (isObject) count += 1;
    if (typeof member !== 'object' || member === null) continue;
    const below = countMembers(member, depth + 1);
    if (below === undefined) return undefined;
    count += below;
  }
  return count;
}

function slowParse(text: string, options: ParseJsonOptions): unknown {
  const scanner = new JsonScanner(text, maxDepth);
  let value: unknown;
  try {
    value = scanner.read();
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw notJson(options, { rule: error.message, ...place(text, error.offset) }, error);
  }
  if (scanner.duplicates.length > 0)
    throw new OciSpecError(
      'not-json',
      scanner.duplicates.map(({ name, offset }) => ({
        severity: 'error' as const,
        code: 'oci-spec/duplicate-key',
        ...(options.file === undefined ? {} : { file: options.file }),
        ...place(text, offset),
        field: printable(name),
        rule: 'must not be named twice in one object',
        fix: 'remove one of the two',
      })),
    );
  return value;
}

function notJson(
  { file }: ParseJsonOptions,
  problem: Pick<Problem, 'rule' | 'line' | 'column' | 'value'>,
  cause?: unknown,
): OciSpecError {
  return new OciSpecError(
    'not-json',
    [
      {
        severity: 'error',
        code: 'oci-spec/not-json',
        ...(file === undefined ? {} : { file }),
        field: '',
        ...problem,
      },
    ],
    cause,
  );
}

function place(text: string, offset: number): { line: number; column: number } {
  let line = 1;
  let start = 0;
  for (let next = text.indexOf('\n'); next !== -1 && next < offset; next = text.indexOf('\n', start)) {
    line++;
    start = next + 1;
  }
  return { line, column: offset - start + 1 };
}
