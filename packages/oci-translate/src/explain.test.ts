import { openPolicy } from '@hako/annotations';
import { parseConfiguration } from '@hako/config';
import type { Spec } from '@hako/oci-spec';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TranslateError } from './error.ts';
import { explain } from './explain.ts';
import { defaultFamilies } from './families.ts';
import { translate } from './translate.ts';

const h = 'io.katacontainers.config.hypervisor.';
const { config, origins } = parseConfiguration('[hypervisor.qemu]\ndefault_vcpus = 2\n', { file: 'c.toml' });

function inputFor(annotations: Record<string, string>, more: Partial<Spec> = {}) {
  const spec: Spec = {
    ociVersion: '1.2.0',
    process: { cwd: '/', args: ['sh'] },
    root: { path: 'rootfs' },
    annotations,
    ...more,
  };
  return { spec, bundlePath: '/b', containerId: 'c', config, configOrigins: origins, host: { numCpus: 8 } };
}

test('values say where they came from, parts say why', () => {
  const explanation = explain(
    inputFor({
      [`${h}default_memory`]: '512',
      'io.katacontainers.config.runtime.disable_guest_empty_dir': 'true',
    }),
  );
  expect(explanation.refused).toBe(false);
  const value = (field: string) => explanation.values.find((one) => one.field === field);
  expect(value('hypervisor.defaultVcpus')).toMatchObject({
    value: 2,
    default: 1,
    origin: { kind: 'file', line: 2 },
  });
  expect(value('hypervisor.defaultMemoryMib')).toMatchObject({
    value: 512,
    unit: 'MiB',
    origin: { kind: 'annotation' },
  });
  expect(value('hypervisor.machineType')).toMatchObject({ isDefault: true, origin: { kind: 'default' } });
  expect(explanation.parts).toContainEqual({
    part: 'memory',
    value: '512 MiB',
    because: 'default_memory 512 MiB = 512 MiB',
    origin: { kind: 'annotation', key: `${h}default_memory` },
  });
  expect(explanation.problems).toMatchObject([{ severity: 'warning', code: 'annotation/no-effect' }]);
});

test('limits of the container are added later, or before boot', () => {
  const limits = {
    linux: { resources: { cpu: { quota: 150_000, period: 100_000 }, memory: { limit: 2 ** 28 } } },
  };
  expect(explain(inputFor({}, limits)).sandbox?.size).toMatchObject({
    vcpus: 2,
    memoryMib: 2048,
    hotplugVcpus: 2,
    hotplugMemoryMib: 256,
    memoryFormula:
      'default_memory 2048 MiB = 2048 MiB; with static_sandbox_resource_mgmt + 256 (memory limit of the container, 268435456 bytes)',
  });
});

test('what was refused, ignored or unknown is listed', () => {
  const { refused, annotations, sandbox } = explain(
    inputFor({
      [`${h}path`]: '/bin/sh',
      [`${h}memory_slots`]: '0',
      [`${h}default_vcpu`]: '1',
      [`${h}default_vcpus`]: '4',
    }),
  );
  expect(refused).toBe(true);
  expect(annotations.map(({ key, outcome }) => `${key.slice(h.length)} ${outcome}`)).toEqual([
    'default_vcpus set',
    'memory_slots ignored',
    'default_vcpu unknown',
    'path refused',
  ]);
  expect(annotations.map(({ text }) => text)).toEqual(['4', '0', '1', '/bin/sh']);
  expect(sandbox?.size.vcpus).toBe(4);
});

test('a spec that cannot be used is explained too', () => {
  const { refused, sandbox, problems } = explain(
    inputFor({}, { root: { path: '' }, linux: { devices: [{ type: 'x', path: '/x' }] } }),
  );
  expect({ refused, sandbox, problems: problems.length }).toEqual({
    refused: true,
    sandbox: undefined,
    problems: 1,
  });
});

test('parts name what decided them and what has no effect yet', () => {
  const { parts, annotations } = explain(
    inputFor(
      { 'io.katacontainers.config.runtime.disable_guest_empty_dir': 'true' },
      {
        linux: {
          namespaces: [{ type: 'network', path: '/run/netns/pod' }],
          devices: [{ path: '/dev/fuse', type: 'c', major: 10, minor: 229 }],
        },
      },
    ),
  );
  const part = (name: string) => parts.find((one) => one.part === name);
  expect(part('vcpus')).toMatchObject({ value: '2', origin: { kind: 'file', file: 'c.toml', line: 2 } });
  expect(part('vcpus at most')).toMatchObject({
    value: '8',
    origin: { kind: 'derived', from: '8 CPUs of the host' },
  });
  expect(part('machine')).toMatchObject({ origin: { kind: 'default' } });
  expect(part('network')).toEqual({
    part: 'network',
    value: 'tcfilter',
    because: 'for /run/netns/pod',
    origin: { kind: 'default' },
  });
  expect(part('cgroup')).toMatchObject({ effect: expect.stringContaining('the same either way') });
  expect(part('device')).toEqual({ part: 'device', value: '/dev/fuse (c 10:229)' });
  expect(annotations).toMatchObject([{ outcome: 'set', reason: expect.stringContaining('no effect') }]);
});

test('what is explained is what is created', () => {
  const keys = defaultFamilies.flatMap(({ overrides }) => overrides.map(({ key }) => key));
  const annotations = fc.dictionary(
    fc.constantFrom(...keys),
    fc.oneof(
      fc.constantFrom('true', 'false', '1', '4', '512', '', '/a', 'q35', 'virtio-9p', 'a=b'),
      fc.string(),
    ),
    { maxKeys: 12 },
  );
  fc.assert(
    fc.property(annotations, (record) => {
      const input = { ...inputFor(record), policy: openPolicy };
      const explanation = explain(input);
      if (explanation.refused) {
        expect(() => translate(input)).toThrow(TranslateError);
      } else {
        const { sandbox, container } = translate(input);
        expect({ sandbox, container }).toEqual({
          sandbox: explanation.sandbox,
          container: explanation.container,
        });
      }
    }),
  );
});

test('the order of annotations never matters', () => {
  const keys = defaultFamilies.flatMap(({ overrides }) =>
    overrides.flatMap(({ key, aliases }) => [key, ...aliases]),
  );
  const value = fc.constantFrom(
    'true',
    '1',
    '4',
    '512',
    '',
    '/a',
    'q35',
    'none',
    'virtio-9p',
    'a=b',
    'root-port',
    'x',
  );
  const record = fc.uniqueArray(fc.tuple(fc.constantFrom(...keys), value), {
    selector: ([key]) => key,
    maxLength: 20,
  });
  const shuffled = record.chain((entries) =>
    fc.tuple(fc.constant(entries), fc.shuffledSubarray(entries, { minLength: entries.length })),
  );
  fc.assert(
    fc.property(shuffled, fc.constantFrom('1.x' as const, '3.x' as const), ([entries, other], line) => {
      const ask = (list: typeof entries) => {
        const { spec, ...input } = inputFor(Object.fromEntries(list));
        const { container: _, ...explanation } = explain({ ...input, spec, policy: openPolicy, line });
        return explanation;
      };
      expect(ask(other)).toEqual(ask(entries));
    }),
  );
});
