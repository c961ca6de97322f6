import { type Any, packAny, RuntimeOptions } from '@hako/task-protocol';
import { expect, test } from 'vitest';
import { configurationOf } from './runtime-options.ts';

const options = (configPath: string): Any => packAny(RuntimeOptions, { typeUrl: 'x', configPath });

test('config_path names the configuration, under the name of every containerd', () => {
  expect(configurationOf(options('/etc/hako/a.toml'))).toEqual({ config: '/etc/hako/a.toml' });
  const old = { ...options('/b.toml'), typeUrl: 'cri.runtimeoptions.v1.Options' };
  expect(configurationOf(old)).toEqual({ config: '/b.toml' });
});

test.each([
  undefined,
  { typeUrl: '', value: new Uint8Array() },
  options(''),
  { typeUrl: 'containerd.runc.v1.Options', value: Uint8Array.of(8, 1) },
  { typeUrl: 'containerd.linux.runc.CreateOptions', value: Uint8Array.of() },
])('no configuration is named by %j', (any) => {
  expect(configurationOf(any)).toEqual({});
});

test.each([
  [
    { typeUrl: 'io.containerd.runsc.v1.options', value: new Uint8Array() },
    'must be runtimeoptions.v1.Options',
  ],
  [
    { typeUrl: 'runtimeoptions.v1.Options', value: Uint8Array.of(0x12, 0x7f) },
    'are no runtimeoptions.v1.Options',
  ],
  [options('relative.toml'), 'config_path "relative.toml" of the runtime options must be an absolute path'],
])('%j is refused', (any, message) => {
  expect(() => configurationOf(any)).toThrow(message);
});
