import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { builtInConfiguration, loadConfiguration } from '@hako/admission/translation';
import { configKeys, renderConfiguration } from '@hako/config';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { GLOBAL_DEFAULTS } from '../global-options.ts';
import { configCheck } from './config-check.ts';
import { configInit } from './config-init.ts';
import { configShow } from './config-show.ts';

let folder: string;
let printed: string;
vi.mock('../output.ts', () => ({
  print: (text: string) => {
    printed += text;
  },
  printError: () => {},
}));
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hako-config-'));
});
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => {
  printed = '';
});

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const plain = { origin: false, json: false };

test('what is shown loads again to the same configuration', async () => {
  const base = builtInConfiguration().config;
  const changes = fc.record({
    defaultVcpus: fc.integer({ min: 1, max: 200 }),
    defaultMemoryMib: fc.integer({ min: 256, max: 100_000 }),
    cpuFeatures: fc.stringMatching(/^[ -~]{0,20}$/),
    virtioFsExtraArgs: fc.array(fc.stringMatching(/^-[ -~]{1,20}$/), { maxLength: 4 }),
    enableDebug: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(changes, fc.boolean(), async (change, origin) => {
      const hypervisor = { ...base.hypervisor, ...change };
      const config = write('given.toml', renderConfiguration({ ...base, hypervisor }));
      printed = '';
      expect(await configShow({ ...GLOBAL_DEFAULTS, config }, [], { origin, json: false })).toBe(0);
      const shown = write('shown.toml', printed);
      expect(loadConfiguration({ config: shown }).config).toEqual(loadConfiguration({ config }).config);
    }),
    { numRuns: 30 },
  );
});

test('single keys and tables, with the place they came from', async () => {
  const config = write('one.toml', '[hypervisor.qemu]\ndefault_vcpus = 3\n[agent.kata]\ndial_timeout = 7\n');
  const options = { ...GLOBAL_DEFAULTS, config };
  await configShow(options, ['default_vcpus', 'agent.kata.dial_timeout'], { origin: true, json: false });
  expect(printed).toBe(
    `[hypervisor.qemu]\ndefault_vcpus = 3 # ${config}:2\n\n[agent.kata]\ndial_timeout = 7 # ${config}:4\n`,
  );
  printed = '';
  await configShow(options, ['factory'], { origin: false, json: true });
  expect(JSON.parse(printed).values).toHaveLength(Object.keys(configKeys.factory).length);
  await expect(configShow(options, ['default_vcpu'], plain)).rejects.toThrow('did you mean default_vcpus?');
});

test('every problem of every file is printed; unknown keys may be forgiven', async () => {
  const wrong = write(
    'wrong.toml',
    '[hypervisor.qemu]\ndefault_vcpu = 2\ndefault_memory = "much"\n[runtime]\ndan_conf = "/x"\n',
  );
  const good = write('good.toml', '');
  const check = (files: string[], lenient = false) =>
    configCheck(GLOBAL_DEFAULTS, files, { json: false, lenient });
  expect(await check([wrong, '/no/such.toml', good])).toBe(1);
  const lines = printed.trimEnd().split('\n');
  expect(lines).toEqual([
    expect.stringMatching(/^error: \S+wrong\.toml:2:1: .*did you mean default_vcpus\?$/),
    expect.stringMatching(/^error: \S+wrong\.toml:3:18: .*must be .*number/),
    expect.stringMatching(/^warning: \S+wrong\.toml:5:1: .*dan_conf.*no effect/),
    `${wrong}: cannot be used (2 errors, 1 warning)`,
    expect.stringContaining('ENOENT'),
    '/no/such.toml: cannot be used (1 error)',
    `${good}: can be used`,
  ]);
  expect(await check([write('typo.toml', '[runtime]\nenable_debugg = true\n')], true)).toBe(0);
});

test('the commented start loads to the defaults and is never written over a file', async () => {
  const file = join(folder, 'new.toml');
  expect(await configInit(file)).toBe(0);
  expect(loadConfiguration({ config: file }).config).toEqual(builtInConfiguration().config);
  writeFileSync(file, 'mine');
  await expect(configInit(file)).rejects.toThrow('it exists; remove it first');
  expect(readFileSync(file, 'utf8')).toBe('mine');
  await configInit('-');
  expect(printed).toContain('#default_vcpus = 1\n');
});
