import { expect, test } from 'vitest';
import { bool, oneOf, uint } from './codec.ts';
import { rowsFor } from './define.ts';
import { annotationsSchema, completionData, referenceOf } from './reference.ts';

interface Config {
  readonly pump: { readonly on: boolean; readonly mode: string; readonly speed: number };
}

const rows = rowsFor<Config>();
const info = { meaning: 'A test.', since: '1.0' };
const families = [
  {
    name: 'pump',
    overrides: [
      rows.set('io.katacontainers.pump.on', 'pump', 'on', { codec: bool }, { ...info, aliases: ['pump.on'] }),
      rows.set('io.katacontainers.pump.mode', 'pump', 'mode', { '3.x': { codec: oneOf(['a', 'b']) } }, info),
      rows.set(
        'io.katacontainers.pump.speed',
        'pump',
        'speed',
        { '1.x': { codec: uint() } },
        { ...info, unit: 'rpm', until: '2.0' },
      ),
      rows.accept('io.katacontainers.pump.own', { codec: bool }, { ...info, internal: true }),
    ],
  },
];

test('rows as data', () => {
  expect(referenceOf(families)).toMatchObject([
    {
      key: 'io.katacontainers.pump.on',
      value: 'true or false',
      field: 'pump.on',
      lines: ['1.x', '3.x'],
      aliases: ['pump.on'],
    },
    { value: 'word', words: ['a', 'b'], lines: ['3.x'] },
    { value: 'whole number', unit: 'rpm', until: '2.0', lines: ['1.x'] },
    { internal: true },
  ]);
});

test('a schema knows keys, aliases and texts', () => {
  expect(annotationsSchema(families)).toMatchObject({
    properties: {
      'io.katacontainers.pump.on': { enum: expect.arrayContaining(['true', '0']) },
      'pump.on': {},
      'io.katacontainers.pump.mode': { enum: ['a', 'b'] },
    },
    propertyNames: {
      anyOf: [{}, { enum: ['io.katacontainers.pump.on', 'pump.on', 'io.katacontainers.pump.mode'] }],
    },
  });
});

test('words for the shell', () => {
  expect(completionData(families).map(({ key, words }) => [key.slice(23), words])).toEqual([
    ['on', ['true', 'false']],
    ['mode', ['a', 'b']],
    ['speed', []],
  ]);
});
