import { fields } from '@hako/shape';

/** One word of a kernel command line; an absent value is a flag. */
export interface KernelParam {
  readonly key: string;
  readonly value?: string;
}

/**
 * Reads `a=1 quiet b=x=y`: a value is all after the first `=`; there is no quoting. Undefined if a word has no
 * name before its `=`.
 */
export function parseKernelWords(text: string): KernelParam[] | undefined {
  const result: KernelParam[] = [];
  for (const word of fields(text)) {
    const equals = word.indexOf('=');
    if (equals === 0) return undefined;
    if (equals === -1) result.push({ key: word });
    else result.push({ key: word.slice(0, equals), value: word.slice(equals + 1) });
  }
  return result;
}

/** Writes kernel words as they stand on the command line. */
export function formatKernelWords(words: readonly KernelParam[]): string {
  return words.map(({ key, value }) => (value === undefined ? key : `${key}=${value}`)).join(' ');
}
