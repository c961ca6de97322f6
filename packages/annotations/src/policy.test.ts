import { expect, test } from 'vitest';
import { compilePolicy, gateName, globToRegExp, openPolicy, safePolicy } from './policy.ts';

const hypervisor = 'io.katacontainers.config.hypervisor.';

test('patterns are anchored at both ends', () => {
  const policy = compilePolicy({ ...safePolicy, enableAnnotations: ['kernel', 'runtime\\..*', '(bad'] });
  expect(policy.allowsKey(`${hypervisor}kernel`, true)).toBe(true);
  expect(policy.allowsKey(`${hypervisor}kernel_params`, true)).toBe(false);
  expect(policy.allowsKey(`${hypervisor}jailer_path`, true)).toBe(false);
  expect(policy.allowsKey('io.katacontainers.config.runtime.experimental', true)).toBe(true);
  expect(policy.allowsKey('io.katacontainers.config_path', true)).toBe(false);
  expect(policy.allowsKey('io.katacontainers.config_path', false)).toBe(true);
});

test('listed only: harmless keys of the hypervisor need a pattern too', () => {
  const policy = compilePolicy({ ...safePolicy, listedOnly: true, enableAnnotations: ['default_.*'] });
  expect(policy.allowsKey(`${hypervisor}default_vcpus`, false)).toBe(true);
  expect(policy.allowsKey(`${hypervisor}shared_fs`, false)).toBe(false);
  expect(policy.allowsKey('io.katacontainers.config.agent.enable_tracing', false)).toBe(true);
});

test('names by which patterns speak of keys', () => {
  expect(gateName(`${hypervisor}path`)).toBe('path');
  expect(gateName('io.katacontainers.config.agent.policy')).toBe('agent.policy');
  expect(gateName('io.katacontainers.config_path')).toBe('config_path');
});

test.each([
  ['/usr/bin/qemu-*', '/usr/bin/qemu-x', true],
  ['/usr/bin/qemu-*', '/usr/bin/qemu-x/y', false],
  ['/usr/bin/qemu-*', '/x/usr/bin/qemu-x', false],
  ['/dev/?random', '/dev/urandom', true],
  ['/a[bc]d', '/abd', true],
  ['/a[!bc]d', '/abd', false],
  ['/a[!b]d', '/a/d', false],
  ['/a.b', '/axb', false],
  ['/a[', '/a[', true],
  ['/(x|y)+$', '/(x|y)+$', true],
])('the glob %j and %j: %j', (glob, path, expected) => {
  expect(globToRegExp(glob).test(path)).toBe(expected);
});

test('a missing list refuses every path, the open policy none', () => {
  expect(compilePolicy(safePolicy).allowsPath('valid_hypervisor_paths', '/usr/bin/qemu')).toBe(false);
  expect(compilePolicy(openPolicy).allowsPath('valid_hypervisor_paths', '/usr/bin/qemu')).toBe(true);
});
