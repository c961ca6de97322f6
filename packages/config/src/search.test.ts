import { expect, test } from 'vitest';
import { configCandidates, dropInFolder } from './search.ts';

test("somebody's choice is the only candidate, the strongest first", () => {
  expect(configCandidates({ flag: '/f', annotation: '/a', environment: { KATA_CONF_FILE: '/k' } })).toEqual([
    { path: '/f', namedBy: '--config', mustExist: true },
  ]);
  expect(configCandidates({ annotation: '/a', runtimeOption: '/r' })[0]?.path).toBe('/a');
  expect(configCandidates({ environment: { HAKO_CONF_FILE: '', KATA_CONF_FILE: '/k' } })[0]?.path).toBe('/k');
});

test('without a choice: own places, then those of Kata', () => {
  expect(configCandidates({ prefix: '/usr/local/' }).map(({ path }) => path)).toEqual([
    '/etc/hako/configuration.toml',
    '/usr/local/etc/hako/configuration.toml',
    '/etc/kata-containers/configuration.toml',
    '/usr/share/defaults/kata-containers/configuration.toml',
    '/opt/kata/share/defaults/kata-containers/configuration.toml',
  ]);
  expect(dropInFolder('/etc/hako/configuration.toml')).toBe('/etc/hako/config.d');
});
