import fc from 'fast-check';
import { expect, test } from 'vitest';
import { OciSpecError } from './error.ts';
import { parseFeatures, parseProcess, parseSpec, parseState } from './parse-spec.ts';

const minimal = { ociVersion: '1.0.2', process: { cwd: '/', args: ['sh'] }, root: { path: 'rootfs' } };

function errorOf(input: unknown): OciSpecError {
  try {
    parseSpec(input, { file: 'config.json' });
  } catch (error) {
    if (error instanceof OciSpecError) return error;
    throw error;
  }
  throw new Error('no problem found');
}

test('unknown members are kept', () => {
  const spec = { ...minimal, later: { a: [1] }, linux: { newThing: true } };
  expect(parseSpec(JSON.stringify(spec))).toEqual(spec);
});

test('numbers of 64 bits are exact', () => {
  const text =
    '{"ociVersion":"1.0.2","process":{"cwd":"/","rlimits":[{"type":"RLIMIT_CORE","soft":0,"hard":18446744073709551615}]}}';
  expect(parseSpec(text).process?.rlimits?.[0]?.hard).toBe(18_446_744_073_709_551_615n);
});

test('every problem is named with path, value and rule', () => {
  const error = errorOf({
    ...minimal,
    process: { args: 'sh', env: [1], rlimits: [{ type: 'RLIMIT_CORE', soft: -1, hard: 1 }] },
    mounts: [{ source: 'a' }],
  });
  expect(error.code).toBe('invalid');
  expect(error.message.split('\n')).toEqual([
    'config.json: process.args "sh": must be an array, not a string',
    'config.json: process.env[0] "1": must be a string, not a number',
    'config.json: process.rlimits[0].soft "-1": must be at least 0',
    'config.json: process.cwd: is required',
    'config.json: mounts[0].destination: is required',
  ]);
});

test.each(['2.0.0', '0.9.0', '1', 'x', ''])(
  'ociVersion %j is refused, whatever else is wrong',
  (ociVersion) => {
    const error = errorOf({ ociVersion, process: 3 });
    expect(error.code).toBe('unsupported-version');
    expect(error.facts.problems).toMatchObject([{ field: 'ociVersion', value: ociVersion }]);
  },
);

test.each(['1.0.0', '1.2.1', '1.0.2-dev', '1.0.0-rc2-dev', '1.3.0+x'])(
  'ociVersion %s is accepted',
  (ociVersion) => {
    expect(parseSpec({ ...minimal, ociVersion }).ociVersion).toBe(ociVersion);
  },
);

test('null is dropped, and not from the object of the caller', () => {
  const own = { ...minimal, linux: { resources: null, devices: null } };
  expect(parseSpec(own)).toEqual({ ...minimal, linux: {} });
  expect(own.linux).toEqual({ resources: null, devices: null });
  expect(parseSpec(JSON.stringify(own))).toEqual({ ...minimal, linux: {} });
});

test.each(['', 'null', '[]', '3', '{}'])('%j is no spec', (text) => {
  expect(errorOf(text)).toBeInstanceOf(OciSpecError);
});

test('state, features and process', () => {
  expect(parseState('{"ociVersion":"1.0.2","id":"a","status":"running","pid":3,"bundle":"/b"}').pid).toBe(3);
  expect(() => parseState({ ociVersion: '1.0.2', id: 'a', status: 'dead', bundle: '/b' })).toThrow(
    'status "dead"',
  );
  expect(
    parseFeatures({ ociVersionMin: '1.0.0', ociVersionMax: '1.2.0', linux: { cgroup: { v2: true } } }).linux,
  ).toEqual({
    cgroup: { v2: true },
  });
  expect(parseProcess('{"cwd":"/","args":["a"]}').args).toEqual(['a']);
});

test('nothing but an OciSpecError is thrown', () => {
  fc.assert(
    fc.property(fc.oneof(fc.anything(), fc.string(), fc.json()), (input) => {
      try {
        parseSpec(input);
      } catch (error) {
        expect(error).toBeInstanceOf(OciSpecError);
      }
    }),
  );
});
