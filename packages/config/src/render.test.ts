import fc from 'fast-check';
import { expect, test } from 'vitest';
import { defaultRuntimeConfig } from './defaults.ts';
import { effectiveValues } from './effective.ts';
import { parseConfiguration } from './parse-configuration.ts';
import { commentedConfiguration, renderConfiguration } from './render.ts';
import type { RuntimeConfig } from './runtime-config.ts';

const file = 'c.toml';
const defaults = defaultRuntimeConfig();

test('what is shown loads to the same configuration', () => {
  expect(parseConfiguration(renderConfiguration(defaults), { file }).config).toEqual(defaults);
  const texts = fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0') && text.isWellFormed());
  const words = fc.array(
    fc.record(
      { key: fc.stringMatching(/^[a-z.]{1,9}$/), value: fc.stringMatching(/^[a-z=]{0,9}$/) },
      { requiredKeys: ['key'] },
    ),
  );
  fc.assert(
    fc.property(
      texts,
      words,
      fc.nat(),
      fc.boolean(),
      fc.double({ min: 0, max: 64, noNaN: true }),
      (text, params, count, on, vcpus) => {
        const config: RuntimeConfig = {
          ...defaults,
          hypervisor: {
            ...defaults.hypervisor,
            kernelParams: params,
            firmware: text,
            virtioFsExtraArgs: [text],
            defaultMemoryMib: count,
            defaultVcpus: vcpus,
            enableIommu: on,
            rootlessUser: on ? { uid: 1, userName: 'me' } : null,
          },
          agent: { ...defaults.agent, dialTimeoutMs: (count % 1000) * 1000 },
          memAgent: { ...defaults.memAgent, compactForceTimes: '18446744073709' },
          runtime: {
            ...defaults.runtime,
            sharedMounts: on ? [{ name: 'n', srcCtr: 'a', srcPath: '/a', dstCtr: 'b', dstPath: '/b' }] : [],
          },
        };
        expect(parseConfiguration(renderConfiguration(config), { file }).config).toEqual(config);
      },
    ),
    { numRuns: 15 },
  );
});

test('the commented default loads to the defaults, and every key can be uncommented', () => {
  const text = commentedConfiguration();
  expect(parseConfiguration(text, { file }).config).toEqual(defaults);
  const uncommented = text.replaceAll(/^#(\w+ = .*)$/gm, '$1').replace('rootless_user = {}\n', '');
  expect(parseConfiguration(uncommented, { file }).config).toEqual(defaults);
  for (const line of text.split('\n')) expect(line.length).toBeLessThan(160);
});

test('origins and changes', () => {
  const { config, origins } = parseConfiguration('[runtime]\nenable_debug = true\n', { file });
  expect(renderConfiguration(config, { origins, changedOnly: true })).toBe(
    '[runtime]\nenable_debug = true # c.toml:2\n',
  );
  expect(effectiveValues(config, origins).find(({ field }) => field === 'runtime.enableDebug')).toMatchObject(
    {
      section: 'runtime',
      toml: 'enable_debug',
      value: true,
      default: false,
      isDefault: false,
      origin: { kind: 'file', file, line: 2 },
    },
  );
});
