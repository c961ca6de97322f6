import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ApplyInput, applyOverrides } from './apply.ts';
import { bool, nonEmpty, separated, text, uint } from './codec.ts';
import { rowsFor } from './define.ts';
import type { OverrideFamily } from './family.ts';
import { openPolicy, safePolicy } from './policy.ts';

interface Config {
  readonly engine: { readonly fuel: string; readonly cylinders: number; readonly turbo: boolean };
  readonly cargo: { readonly list: readonly string[]; readonly tool: string };
}

const config: Config = {
  engine: { fuel: 'gas', cylinders: 4, turbo: false },
  cargo: { list: ['box'], tool: '/bin/a' },
};

const rows = rowsFor<Config>();
const info = { meaning: 'A test.', since: '1.0' };

const family: OverrideFamily<Config> = {
  name: 'car',
  overrides: [
    rows.set('io.katacontainers.config.car.fuel', 'engine', 'fuel', { codec: nonEmpty }, info),
    rows.set(
      'io.katacontainers.config.car.cylinders',
      'engine',
      'cylinders',
      {
        codec: uint(),
        limit: (read, { host }) =>
          read > host.numCpus ? { kind: 'refused', reason: 'out-of-range', rule: 'must fit' } : undefined,
      },
      { ...info, aliases: ['io.katacontainers.cylinders'] },
    ),
    rows.set('io.katacontainers.config.car.turbo', 'engine', 'turbo', { '3.x': { codec: bool } }, info),
    rows.set(
      'io.katacontainers.config.car.list',
      'cargo',
      'list',
      { codec: separated(' '), combine: (current, read) => [...current, ...read] },
      { ...info, effect: 'not in this version' },
    ),
    rows.set(
      'io.katacontainers.config.car.tool',
      'cargo',
      'tool',
      { codec: text },
      {
        ...info,
        sensitive: 'runs a program',
        pathList: 'valid_tools',
      },
    ),
  ],
  rules: [
    {
      lines: ['3.x'],
      code: 'annotation/conflict',
      field: 'engine.turbo',
      rule: 'needs gas',
      broken: ({ engine }) => engine.turbo && engine.fuel !== 'gas',
    },
  ],
};

function apply(annotations: Record<string, string>, more: Partial<ApplyInput<Config>> = {}) {
  return applyOverrides({ annotations, families: [family], config, host: { numCpus: 8 }, ...more });
}

function errors(result: ReturnType<typeof apply>): string[] {
  return result.problems
    .filter(({ severity }) => severity === 'error')
    .map(({ field, rule }) => `${field}: ${rule}`);
}

const p = 'io.katacontainers.config.car.';

test('values are set with their origin; untouched parts stay the same objects', () => {
  const result = apply({ [`${p}fuel`]: 'diesel', other: 'x' });
  expect(result.config.engine).toEqual({ fuel: 'diesel', cylinders: 4, turbo: false });
  expect(result.config.cargo).toBe(config.cargo);
  expect(result.origins).toEqual({ 'engine.fuel': { kind: 'annotation', key: `${p}fuel` } });
  expect(config.engine.fuel).toBe('gas');
  expect(apply({}).config).toBe(config);
});

test('all problems are reported together', () => {
  expect(errors(apply({ [`${p}cylinders`]: 'many', [`${p}turbo`]: 'yes', [`${p}tool`]: '/bin/sh' }))).toEqual(
    [
      `${p}cylinders: must be a whole number, in decimal digits only`,
      `${p}turbo: must be true or false`,
      `${p}tool: is allowed only where the operator enables it: runs a program`,
    ],
  );
  expect(errors(apply({ [`${p}cylinders`]: '9' }))).toEqual([`${p}cylinders: must fit`]);
  expect(errors(apply({ [`${p}fuel`]: 'diesel', [`${p}turbo`]: '1' }))).toEqual([`${p}turbo: needs gas`]);
});

test('unknown keys of ours are warned with the nearest one', () => {
  expect(apply({ 'io.katacontainers.config.car.cylindres': '1', 'com.example.x': '1' }).problems).toEqual([
    {
      severity: 'warning',
      code: 'annotation/unknown-key',
      field: 'io.katacontainers.config.car.cylindres',
      rule: 'is not a known annotation and changes nothing',
      fix: `did you mean ${p}cylinders?`,
    },
  ]);
});

test('an alias is the key itself; two different values contradict each other', () => {
  expect(apply({ 'io.katacontainers.cylinders': '2' }).config.engine.cylinders).toBe(2);
  expect(errors(apply({ 'io.katacontainers.cylinders': '2', [`${p}cylinders`]: '2' }))).toEqual([]);
  expect(errors(apply({ 'io.katacontainers.cylinders': '3', [`${p}cylinders`]: '2' }))).toEqual([
    `io.katacontainers.cylinders: contradicts ${p}cylinders, which sets the same value`,
  ]);
});

test('a key without meaning in a line, an empty value and a key without effect are said, not dropped', () => {
  expect(apply({ [`${p}turbo`]: 'nonsense' }, { line: '1.x' })).toMatchObject({
    config,
    problems: [{ severity: 'warning', code: 'annotation/ignored' }],
    applied: [{ outcome: 'ignored', reason: 'has no meaning in line 1.x' }],
  });
  expect(apply({ [`${p}fuel`]: '' }).problems).toMatchObject([
    { severity: 'warning', code: 'annotation/ignored' },
  ]);
  const withoutEffect = apply({ [`${p}list`]: 'a b' });
  expect(withoutEffect.problems).toMatchObject([{ severity: 'warning', code: 'annotation/no-effect' }]);
  expect(withoutEffect.config.cargo.list).toEqual(['box', 'a', 'b']);
});

test('a family that does not apply ignores wrong values too', () => {
  const off = { ...family, appliesTo: () => false };
  expect(errors(apply({ [`${p}cylinders`]: 'x' }, { families: [off] }))).toEqual([]);
});

test('sensitive keys and paths need the policy', () => {
  const policy = {
    ...safePolicy,
    enableAnnotations: ['car\\.tool'],
    pathLists: { valid_tools: ['/usr/bin/t*'] },
  };
  const tool = (path: string, more: Partial<ApplyInput<Config>> = {}) =>
    apply({ [`${p}tool`]: path }, { policy, ...more });
  expect(tool('/usr/bin/tar').config.cargo.tool).toBe('/usr/bin/tar');
  expect(errors(tool('/usr/bin/cat'))).toEqual([`${p}tool: must match a pattern of valid_tools`]);
  expect(errors(tool('/usr/bin/t/../../sbin/x'))).toEqual([
    `${p}tool: must be a path without . and .. parts`,
  ]);
  expect(errors(tool('/usr/bin/tx/evil'))).toHaveLength(1);
  const host = {
    numCpus: 8,
    canonicalPath: (path: string) => (path === '/link' ? '/usr/bin/tar' : undefined),
  };
  expect(tool('/link', { host }).config.cargo.tool).toBe('/usr/bin/tar');
  expect(errors(tool('/none', { host }))).toEqual([`${p}tool: must name something that exists on the host`]);
  expect(apply({ [`${p}tool`]: '/anything' }, { policy: openPolicy }).config.cargo.tool).toBe('/anything');
  expect(
    tool('/usr/bin/cat', { policy: { ...policy, source: { file: '/etc/c.toml', line: 7 } } }).problems[0]
      ?.fix,
  ).toBe('add "/usr/bin/cat" to valid_tools in [hypervisor.qemu] (/etc/c.toml:7)');
});

test('the order of annotations never matters', () => {
  const values = fc.record(
    {
      [`${p}fuel`]: fc.constantFrom('', 'diesel', 'gas'),
      [`${p}cylinders`]: fc.constantFrom('1', '9', 'x'),
      'io.katacontainers.cylinders': fc.constantFrom('1', '2'),
      [`${p}turbo`]: fc.constantFrom('true', 'no'),
      [`${p}list`]: fc.string(),
      'io.katacontainers.unknown': fc.string(),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(
      values.chain((record) =>
        fc.tuple(
          fc.constant(record),
          fc.shuffledSubarray(Object.keys(record), { minLength: Object.keys(record).length }),
        ),
      ),
      ([record, order]) => {
        const all: Readonly<Record<string, string>> = record;
        const shuffled = Object.fromEntries(order.map((key) => [key, all[key] ?? '']));
        expect(apply(shuffled)).toEqual(apply(all));
      },
    ),
  );
});

test('a hundred thousand annotations are bounded work', () => {
  const many = Object.fromEntries(
    Array.from({ length: 100_000 }, (_, index) => [`io.katacontainers.x${index}`, 'v']),
  );
  const start = performance.now();
  expect(apply(many).problems).toHaveLength(1001);
  expect(performance.now() - start).toBeLessThan(30_000);
});

test('the first translation, which makes no index, and later ones agree', () => {
  const twice: OverrideFamily<Config> = { ...family, name: 'twice' };
  const annotations = Object.fromEntries(family.overrides.map(({ key }) => [key, '1']));
  const families = [family, twice];
  const ask = () =>
    applyOverrides({
      annotations: { ...annotations, 'io.katacontainers.config.x': '' },
      families,
      config,
      host: { numCpus: 4 },
      policy: openPolicy,
    });
  const first = ask();
  expect(first.applied.length + first.problems.length).toBeGreaterThan(1);
  expect(ask()).toEqual(first);
  expect(ask()).toEqual(first);
});
