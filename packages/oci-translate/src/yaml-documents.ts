import type { Problem } from '@hako/errors';
import { decodeUtf8 } from '@hako/shape';
import { type Document, isAlias, isMap, isScalar, LineCounter, parseAllDocuments, visit } from 'yaml';
import { TranslateError } from './error.ts';

export interface YamlSource {
  /** Name of the text in problems. */
  readonly file: string;
  /** First part of the problems' codes: `pod` gives `pod/not-yaml`. */
  readonly codePrefix: string;
}

/**
 * Longest text, in UTF-16 units or bytes. Kubernetes stores objects of up to 1.5 MiB, and 256 KiB of annotations;
 * a YAML parser can be made to take a minute for a few MiB.
 */
export const maxYamlLength: number = 1024 * 1024;

/** Documents of one stream; each costs. */
const maxDocuments = 1000;

/**
 * The documents of a stream of YAML or JSON, each an object; empty ones are passed over.
 *
 * Throws `TranslateError` with every problem found.
 */
export function yamlDocuments(stream: string | Uint8Array, source: YamlSource): readonly unknown[] {
  const text = textOf(stream, source);
  if (text.split('\n---').length > maxDocuments)
    throw refuse(source, { rule: `must not hold more than ${maxDocuments} documents` });
  const lines = new LineCounter();
  // The library compares each key with all others; `repeatedKeys` takes one look at each.
  const parsed = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
  const documents = 'empty' in parsed ? [] : parsed.filter((document) => !isEmpty(document));
  const wrong = documents.flatMap((document) =>
    document.errors.length > 0 ? document.errors : repeatedKeys(document),
  );
  const errors = wrong.slice(0, 100).map(({ message, pos: [offset] }) => {
    const { line, col } = lines.linePos(offset);
    const rule = /call stack/.test(message)
      ? 'must not be nested that deeply'
      : `must be YAML or JSON: ${message}`;
    return problem(source, { line, column: col, rule }, 'not-yaml');
  });
  if (errors.length > 0) throw new TranslateError(errors);
  if (documents.length === 0) throw refuse(source, { rule: 'must be an object' });
  return documents.map((document) => dataOf(document, source));
}

function textOf(stream: string | Uint8Array, source: YamlSource): string {
  if (stream.length > maxYamlLength)
    throw refuse(source, { rule: `must not be longer than ${maxYamlLength} bytes` });
  const text = typeof stream === 'string' ? stream : decodeUtf8(stream);
  if (typeof text === 'string') return text;
  const { line, offset } = text;
  throw refuse(source, { line, rule: `must be UTF-8, but byte ${offset} is not` });
}

function isEmpty({ contents, errors }: Document): boolean {
  return errors.length === 0 && (contents === null || (isScalar(contents) && contents.value === null));
}

interface YamlError {
  readonly message: string;
  readonly pos: readonly [number, ...number[]];
}

function repeatedKeys(document: Document): YamlError[] {
  const errors: YamlError[] = [];
  visit(document, {
    Map: (_key, map) => {
      const seen = new Set<unknown>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        if (seen.has(key.value))
          errors.push({ message: 'Map keys must be unique', pos: [key.range?.[0] ?? 0] });
        seen.add(key.value);
      }
    },
  });
  return errors;
}

function dataOf(document: Document, source: YamlSource): unknown {
  let aliases = 0;
  visit(document, (_key, node) => {
    if (isAlias(node)) aliases++;
  });
  if (aliases > 100) throw refuse(source, { rule: 'must not have more than 100 aliases' });
  if (!isMap(document.contents)) throw refuse(source, { rule: 'must be an object' });
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (cause) {
    // Aliases of aliases, or of themselves: small as text, endless as data.
    const rule = `must not use aliases like this: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw new TranslateError([problem(source, { rule })], cause);
  }
}

type Details = Pick<Problem, 'rule' | 'line' | 'column'>;

function problem({ file, codePrefix }: YamlSource, details: Details, code = 'bad-value'): Problem {
  return { severity: 'error', code: `${codePrefix}/${code}`, file, field: '', ...details };
}

function refuse(source: YamlSource, details: Details): TranslateError {
  return new TranslateError([problem(source, details)]);
}
