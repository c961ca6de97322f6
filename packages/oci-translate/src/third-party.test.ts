import { applyOverrides, type OverrideFamily, rowsFor, uint } from '@hako/annotations';
import {
  defaultRuntimeConfig,
  type ForeignTable,
  mergeConfiguration,
  type RuntimeConfig,
} from '@hako/config';
import { numberIn, text } from '@hako/shape';
import { expect, test } from 'vitest';
import { defaultFamilies, type OverridableConfig, translate } from './index.ts';

// A family as somebody else would write it, in a package of its own, with a part of the configuration of its own.
interface WithTelemetry {
  readonly telemetry: { readonly endpoint: string; readonly samplePercent: number };
}

// Its table of configuration.toml, with keys, defaults and limits.
const telemetryTable: ForeignTable<'telemetry', WithTelemetry['telemetry']> = {
  part: 'telemetry',
  keys: {
    endpoint: {
      toml: 'endpoint',
      type: { name: 'text', shape: text },
      default: 'localhost',
      lines: ['hako'],
      meaning: 'Where calls are sent.',
    },
    samplePercent: {
      toml: 'sample_percent',
      type: { name: 'number', shape: numberIn(0, 100) },
      default: 0,
      unit: '%',
      lines: ['hako'],
      meaning: 'Share of calls that are recorded.',
    },
  },
};

const load = (toml: string) =>
  mergeConfiguration([{ file: 'c.toml', text: toml }], { tables: [telemetryTable] });

const rows = rowsFor<WithTelemetry & RuntimeConfig>();
const telemetryFamily: OverrideFamily<WithTelemetry & RuntimeConfig> = {
  name: 'telemetry',
  overrides: [
    rows.set(
      'com.example.telemetry.sample',
      'telemetry',
      'samplePercent',
      { codec: uint({ max: 100 }) },
      { meaning: 'Share of calls that are recorded.', unit: '%', limits: '0 to 100', since: '1.0' },
    ),
  ],
  rules: [
    {
      lines: ['3.x'],
      code: 'telemetry/debug-only',
      field: 'telemetry.samplePercent',
      rule: 'must be 0 unless the runtime is debugged',
      broken: ({ telemetry, runtime }) => telemetry.samplePercent > 0 && !runtime.enableDebug,
    },
  ],
};

const families: readonly OverrideFamily<OverridableConfig & WithTelemetry>[] = [
  ...defaultFamilies,
  telemetryFamily,
];

function run(sample: string, enableDebug: boolean) {
  const base = defaultRuntimeConfig();
  return translate({
    spec: {
      ociVersion: '1.2.0',
      process: { cwd: '/', args: ['sh'] },
      root: { path: 'rootfs' },
      annotations: {
        'com.example.telemetry.sample': sample,
        'io.katacontainers.config.hypervisor.default_memory': '512',
      },
    },
    bundlePath: '/b',
    containerId: 'c',
    config: {
      ...base,
      runtime: { ...base.runtime, enableDebug },
      telemetry: { endpoint: 'x', samplePercent: 0 },
    },
    families,
    host: { numCpus: 4 },
  });
}

test("a third party's family sets its own part, with its type kept", () => {
  const { config, origins, sandbox } = run('25', true);
  const percent: number = config.telemetry.samplePercent;
  expect(percent).toBe(25);
  expect(config.telemetry.endpoint).toBe('x');
  expect(sandbox.hypervisor.defaultMemoryMib).toBe(512);
  expect(origins['telemetry.samplePercent']).toEqual({
    kind: 'annotation',
    key: 'com.example.telemetry.sample',
  });
});

test('its limits and rules count', () => {
  expect(() => run('101', true)).toThrow(
    'com.example.telemetry.sample "101": must be a whole number and at most 100',
  );
  expect(() => run('25', false)).toThrow('must be 0 unless the runtime is debugged');
});

test('without the other families it is used just the same', () => {
  const config = { ...defaultRuntimeConfig(), telemetry: { endpoint: '', samplePercent: 1 } };
  const result = applyOverrides({
    annotations: {},
    families: [telemetryFamily],
    config,
    host: { numCpus: 1 },
    line: '1.x',
  });
  expect(result.config).toBe(config);
});

test('its table of configuration.toml is read, checked and overridden like any other', () => {
  const loaded = load('[telemetry]\nsample_percent = 10\n[runtime]\nenable_debug = true\n');
  const percent: number = loaded.config.telemetry.samplePercent;
  expect([percent, loaded.config.telemetry.endpoint]).toEqual([10, 'localhost']);
  expect(loaded.origins['telemetry.samplePercent']).toMatchObject({ kind: 'file', file: 'c.toml', line: 2 });
  const { config, origins } = translate({
    spec: {
      ociVersion: '1.2.0',
      process: { cwd: '/', args: ['sh'] },
      root: { path: 'rootfs' },
      annotations: { 'com.example.telemetry.sample': '25' },
    },
    bundlePath: '/b',
    containerId: 'c',
    config: loaded.config,
    configOrigins: loaded.origins,
    families,
    host: { numCpus: 4 },
  });
  expect(config.telemetry.samplePercent).toBe(25);
  expect(origins['telemetry.samplePercent']).toMatchObject({ kind: 'annotation' });

  expect(() => load('[telemetry]\nsample_percnt = 10\n')).toThrow(
    'c.toml:2:1: telemetry.sample_percnt: is not a known key of [telemetry]; did you mean sample_percent?',
  );
  expect(() => load('[telemetry]\nsample_percent = 101\n')).toThrow('must be at most 100');
  expect(() => load('[telemetri]\n')).toThrow('did you mean telemetry?');
});
