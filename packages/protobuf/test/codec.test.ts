import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  createFileRegistry,
  fromBinary as libraryDecode,
  toBinary as libraryEncode,
} from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildDescriptors } from '../scripts/build-descriptors.ts';
import { generateFile } from '../scripts/generate-file.ts';
import { ProtobufError } from '../src/index.ts';
import { Reader } from '../src/reader.ts';
import { Colour, Everything, Leaf } from './data/src/gen/sample.ts';

const root = join(import.meta.dirname, '..');
const built = buildDescriptors('test/proto', root, 'binpb');

// protobuf-es reads the same .proto at run time: an independent opinion on every byte.
const registry = createFileRegistry(libraryDecode(FileDescriptorSetSchema, built));
const schema = registry.getMessage('sample.Everything');
if (schema === undefined) throw new Error('sample.Everything is not in the built descriptors');

const uint32 = fc.oneof(fc.nat(300), fc.integer({ min: 0, max: 0xffffffff }));
const int32 = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.integer());
const uint64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ minLength: 40, maxLength: 200 }));
const bytes = fc.uint8Array({ maxLength: 300 });
const double = fc.double({ noNaN: true });
const leaf = fc.record({ name: text, weight: uint64 }, { requiredKeys: [] });
const key = fc.oneof(text, fc.constantFrom('__proto__', 'constructor', ''));
const everything = fc.record(
  {
    flag: fc.boolean(),
    data: bytes,
    ratio: double,
    signed: int32,
    signedLong: int64,
    text,
    count: uint32,
    longCount: uint64,
    colour: fc.constantFrom(0, 7, -3, 99),
    leaf,
    maybeCount: uint32,
    maybeText: text,
    words: fc.array(text),
    numbers: fc.array(int32),
    longNumbers: fc.array(uint64),
    leaves: fc.array(leaf),
    flags: fc.array(fc.boolean()),
    pieces: fc.array(bytes),
    labels: fc.dictionary(key, text, { noNullPrototype: false }),
    totals: fc.dictionary(key, uint64),
    leafByName: fc.dictionary(key, leaf),
    ratios: fc.array(double),
    colours: fc.array(fc.constantFrom(0, 7, -3)),
    numberChoice: uint32,
  },
  { requiredKeys: [] },
);

describe('encode and decode', () => {
  test('what is encoded is decoded the same, with defaults filled in', () => {
    fc.assert(
      fc.property(everything, (message) => {
        expect(Everything.decode(Everything.encode(message))).toEqual(Everything.create(message));
      }),
    );
  });

  test('the bytes are those of an independent implementation, and its are read', () => {
    fc.assert(
      fc.property(everything, (message) => {
        const mine = Everything.encode(message);
        const theirs = libraryEncode(schema, libraryDecode(schema, mine));
        expect(theirs.length).toBe(mine.length);
        expect(Everything.decode(theirs)).toEqual(Everything.create(message));
      }),
    );
  });

  test('defaults take no bytes, presence does', () => {
    expect(Everything.encode(Everything.create())).toHaveLength(0);
    expect(Everything.encode({ maybeCount: 0, numberChoice: 0 })).toHaveLength(2 + 3);
    expect(Everything.decode(Everything.encode({ maybeCount: 0 })).maybeCount).toBe(0);
    expect(Everything.decode(new Uint8Array()).maybeCount).toBeUndefined();
    expect(Everything.encode({ leaf: {} })).toEqual(Uint8Array.of(0x52, 0));
  });

  test('enum constants have their numbers, unknown numbers are kept', () => {
    expect(Colour).toEqual({ RED: 0, BLUE: 7, DARK: -3 });
    expect(Everything.decode(Everything.encode({ colour: 42 })).colour).toBe(42);
  });

  test('a large byte array is carried whole', () => {
    const data = new Uint8Array(1 << 20).fill(7);
    expect(Everything.decode(Everything.encode({ text: 'x', data, leaf: { name: 'y' } })).data).toEqual(data);
  });

  test('create copies messages deeply and takes lists of scalars as they are', () => {
    const whole = Everything.create({ leaves: [{ name: 'a' }], words: ['w'] });
    expect(whole.leaves).toEqual([{ name: 'a', weight: 0n }]);
    expect(Everything.create(whole)).toEqual(whole);
    expect(Everything.create(whole).leaves[0]).not.toBe(whole.leaves[0]);
  });
});

describe('what a peer may send', () => {
  test('unknown fields of every wire type are stepped over', () => {
    const unknown = Uint8Array.of(
      ...[0xf8, 0x3f, 0x01], // field 1023, varint
      ...[0xf9, 0x3f, 1, 2, 3, 4, 5, 6, 7, 8], // fixed64
      ...[0xfa, 0x3f, 2, 9, 9], // delimited
      ...[0xfb, 0x3f, 0x08, 0x01, 0xfc, 0x3f], // group with one varint
      ...[0xfd, 0x3f, 1, 2, 3, 4], // fixed32
    );
    const known = Leaf.encode({ name: 'n', weight: 5n });
    expect(Leaf.decode(Uint8Array.of(...unknown, ...known, ...unknown))).toEqual({ name: 'n', weight: 5n });
  });

  test('a known field with another wire type counts as unknown', () => {
    expect(Leaf.decode(Uint8Array.of(0x08, 0x05))).toEqual({ name: '', weight: 0n });
  });

  test('numbers in a list may stand packed or one by one', () => {
    const packed = Everything.encode({ numbers: [1, -1] });
    const single = Uint8Array.of(0x70, 1, 0x70, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1);
    expect(Everything.decode(single).numbers).toEqual([1, -1]);
    expect(Everything.decode(Uint8Array.of(...packed, ...single)).numbers).toEqual([1, -1, 1, -1]);
  });

  test('a message field that stands twice is merged', () => {
    const twice = Uint8Array.of(
      ...Everything.encode({ leaf: { name: 'a' } }),
      ...Everything.encode({ leaf: { weight: 2n } }),
    );
    expect(Everything.decode(twice).leaf).toEqual({ name: 'a', weight: 2n });
  });

  test('__proto__ is a map key like any other', () => {
    const { leafByName } = Everything.decode(
      Everything.encode({ leafByName: JSON.parse('{"__proto__":{"name":"evil"}}') }),
    );
    expect(Object.keys(leafByName)).toEqual(['__proto__']);
    expect(({} as { name?: string }).name).toBeUndefined();
  });

  test('every truncation is refused or is a shorter message, never a crash or a hang', () => {
    fc.assert(
      fc.property(everything, fc.nat(), (message, at) => {
        const whole = Everything.encode(message);
        decodeOrMalformed(whole.subarray(0, whole.length === 0 ? 0 : at % whole.length));
      }),
    );
  });

  test('garbage is refused or read, never a crash or a hang', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), decodeOrMalformed));
  });

  test.each([
    ['a length beyond the end', [0x0a, 0x05, 0x41]],
    ['a length of 4 GiB', [0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f]],
    ['a number that does not end', [0x18, ...Array<number>(10).fill(0xff)]],
    ['a number cut short', [0x18, 0x80]],
    ['field number 0', [0x00, 0x00]],
    ['wire type 6', [0x0e]],
    ['an end of group without a begin', [0x0c]],
    ['groups nested without end', Array<number>(100).fill(0x0b)],
    ['text that is not UTF-8', [0x0a, 0x01, 0xff]],
  ])('%s is malformed', (_, raw) => {
    expect(() => Leaf.decode(Uint8Array.from(raw))).toThrow(
      expect.objectContaining({ name: 'ProtobufError', code: 'malformed' }),
    );
  });

  test('the error names message, field and offset', () => {
    const bad = Everything.encode({ leaf: { name: 'ok' } });
    bad[bad.length - 1] = 0xff;
    expect(() => Everything.decode(bad)).toThrow(
      expect.objectContaining({ facts: { message: 'sample.Leaf', field: 'name', offset: 1 } }),
    );
  });
});

describe('values that do not fit', () => {
  test.each([
    ['count', -1],
    ['count', 2 ** 32],
    ['count', 1.5],
    ['signed', 2 ** 31],
    ['longCount', -1n],
    ['longCount', 2n ** 64n],
    ['signedLong', 2n ** 63n],
    ['longCount', 5],
    ['text', 5],
    ['words', 'text'],
  ])('%s = %s is refused by name', (field, value) => {
    expect(() => Everything.encode({ [field]: value })).toThrow(
      expect.objectContaining({ code: 'out-of-range', facts: { message: 'sample.Everything', field } }),
    );
  });
});

test('numbers are written as the reader reads them, at every width', () => {
  for (let bits = 0n; bits < 64n; bits += 1n) {
    for (const value of [(1n << bits) - 1n, 1n << bits]) {
      const encoded = Leaf.encode({ weight: value });
      expect(Leaf.decode(encoded).weight).toBe(value);
      if (encoded.length > 0) expect(new Reader(encoded.subarray(1)).uint64()).toBe(value);
    }
  }
});

test('the committed test types are what the generator writes', () => {
  const files = JSON.parse(buildDescriptors('test/proto', root, 'json').toString()).file;
  expect(readFileSync(join(root, 'test/data/src/gen/sample.ts'), 'utf8')).toBe(generateFile(files[0], files));
});

function decodeOrMalformed(raw: Uint8Array): void {
  try {
    Everything.decode(raw);
  } catch (error) {
    expect(error).toBeInstanceOf(ProtobufError);
  }
}
