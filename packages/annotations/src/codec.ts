import { fields } from '@hako/shape';
import { ignored, type Outcome, refused, value } from './outcome.ts';

/** How the text of an annotation becomes a value. Plain functions and data; reading never throws. */
export interface Codec<T> {
  /** For people and references: `true or false`, `whole number`. */
  readonly name: string;
  /** ECMAScript pattern that every accepted text matches (some refused ones may, too), for JSON Schemas. */
  readonly pattern?: string;
  /** The accepted words, if they are a closed set. */
  readonly words?: readonly string[];
  read(text: string): Outcome<T>;
}

const booleans: ReadonlyMap<string, boolean> = new Map([
  ...['1', 't', 'T', 'TRUE', 'true', 'True'].map((word) => [word, true] as const),
  ...['0', 'f', 'F', 'FALSE', 'false', 'False'].map((word) => [word, false] as const),
]);

/** The words of Go's strconv.ParseBool; nothing else and no trimming. Undefined: none of them. */
export function parseBool(text: string): boolean | undefined {
  return booleans.get(text);
}

/**
 * Decimal digits only, as Go's strconv.ParseUint: leading zeros are fine; sign, space and underscore are not.
 * Reading stops at the first problem, so a number that is too large wins over junk behind it.
 */
export function parseUint(text: string, max: number): number | 'syntax' | 'range' {
  if (text === '') return 'syntax';
  let result = 0;
  for (let index = 0; index < text.length; index++) {
    const digit = text.charCodeAt(index) - 0x30;
    if (digit < 0 || digit > 9) return 'syntax';
    // Exact while result <= max <= 2^53 - 1: the sum may round, but never back below max.
    result = result * 10 + digit;
    if (result > max) return 'range';
  }
  return result;
}

export const bool: Codec<boolean> = {
  name: 'true or false',
  words: [...booleans.keys()],
  read: (text) => {
    const read = booleans.get(text);
    return read === undefined ? refused('must be true or false') : value(read);
  },
};

export interface UintOptions {
  /** Largest value. Default 4294967295. */
  readonly max?: number;
  /** Smallest value. Default 0. */
  readonly min?: number;
  /** Set where 0 says "as configured" instead of 0. */
  readonly zeroIsIgnored?: boolean;
}

/** A whole number in decimal digits. */
export function uint({
  max = 4_294_967_295,
  min = 0,
  zeroIsIgnored = false,
}: UintOptions = {}): Codec<number> {
  const rule = `must be a whole number${min > 0 ? ` of at least ${min}` : ''}`;
  return {
    name: 'whole number',
    pattern: '^[0-9]+$',
    read: (text) => {
      const read = parseUint(text, max);
      if (read === 'syntax') return refused(`${rule}, in decimal digits only`);
      if (read === 'range') return refused(`${rule} and at most ${max}`, 'out-of-range');
      if (read === 0 && zeroIsIgnored) return ignored('0 keeps the configured value');
      return read < min ? refused(rule, 'out-of-range') : value(read);
    },
  };
}

export const uint32: Codec<number> = uint();

/** Any text, the empty one too. */
export const text: Codec<string> = { name: 'text', read: value };

/** Any text; the empty one keeps the configured value. */
export const nonEmpty: Codec<string> = {
  name: 'text',
  read: (read) => (read === '' ? ignored('an empty value keeps the configured one') : value(read)),
};

/** One of a closed set of words: exact, no trimming. */
export function oneOf<const T extends string>(words: readonly T[]): Codec<T> {
  return {
    name: 'word',
    words,
    read: (text) => {
      const read = words.find((word) => word === text);
      return read === undefined ? refused(`must be one of ${words.join(', ')}`) : value(read);
    },
  };
}

/** Parts of a text between separators, without trimming; an empty text is one empty part. */
export function separated(separator: string): Codec<readonly string[]> {
  return {
    name: `list with ${JSON.stringify(separator)} between`,
    read: (text) => value(text.split(separator)),
  };
}

/** Words between white space. */
export const spaced: Codec<readonly string[]> = {
  name: 'words separated by spaces',
  read: (text) => value(fields(text)),
};

/** A codec that turns what another one read into something else, or refuses it. */
export function mapped<A, B>(codec: Codec<A>, name: string, map: (read: A) => Outcome<B>): Codec<B> {
  return {
    ...codec,
    name,
    read: (text) => {
      const outcome = codec.read(text);
      return outcome.kind === 'value' ? map(outcome.value) : outcome;
    },
  };
}
