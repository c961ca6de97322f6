import { type ApplyInput, applyOverrides, openPolicy, safePolicy } from '@hako/annotations';
import { defaultRuntimeConfig, type RuntimeConfig } from '@hako/config';
import { expect, test } from 'vitest';
import { containerFamily, runtimeFamily } from './index.ts';

const families = [runtimeFamily];

function apply(annotations: Record<string, string>, more: Partial<ApplyInput<RuntimeConfig>> = {}) {
  return applyOverrides({
    annotations,
    families,
    config: defaultRuntimeConfig(),
    host: { numCpus: 8, experimentalFeatures: ['newstore'] },
    policy: openPolicy,
    ...more,
  });
}

function one(name: string, text: string, line: '1.x' | '3.x' = '3.x'): string {
  const { problems, config } = apply({ [`io.katacontainers.config.runtime.${name}`]: text }, { line });
  return problems.find(({ severity }) => severity === 'error')?.rule ?? JSON.stringify(config.runtime);
}

test.each([
  ['disable_guest_seccomp', 't', '3.x', '"disableGuestSeccomp":true'],
  ['internetworking_model', 'default', '1.x', '"internetworkingModel":"tcfilter"'],
  ['internetworking_model', 'bridged', '1.x', 'must be one of'],
  ['experimental', 'newstore newstore', '1.x', '"experimental":["newstore","newstore"]'],
  ['experimental', 'newstore,newstore', '1.x', '"newstore,newstore" is not known'],
  ['experimental', 'newstore, newstore', '3.x', '"experimental":["newstore","newstore"]'],
  ['experimental', '', '1.x', '"" is not known'],
  ['create_container_timeout', '7', '3.x', '"createContainerTimeoutSec":7'],
  ['name', 'virt-container', '3.x', '"name":"virt_container"'],
  ['sandbox_bind_mounts', '/a:ro /b', '3.x', '"sandboxBindMounts":["/a:ro","/b"]'],
  ['sandbox_bind_mounts', '/a/../b', '3.x', 'must be absolute paths'],
  ['sandbox_bind_mounts', '/a/x /b/x:rw', '3.x', 'must differ in the last parts'],
  [
    'shared_mounts',
    '[{"name":"n","src_ctr":"a","src_path":"/a","dst_ctr":"b","dst_path":"/b"}]',
    '3.x',
    '"srcCtr":"a"',
  ],
  [
    'shared_mounts',
    '[{"name":"n","src_ctr":"a","src_path":"/a","dst_ctr":"b","dst_path":"/b/../c"}]',
    '3.x',
    'without .., as dst_path, at index 0',
  ],
  ['shared_mounts', '[{}]', '3.x', 'must have the member name, at index 0'],
  ['disable_new_netns', 'true', '3.x', 'is possible only with the internetworking model none'],
  ['disable_new_netns', 'true', '1.x', '"disableNewNetns":true'],
] as const)('%s = %j in %s: %s', (name, text, line, expected) => {
  expect(one(name, text, line)).toContain(expected);
});

test('the pinning key of the Go runtime is an alias', () => {
  expect(apply({ 'io.katacontainers.enable_vcpus_pinning': 'true' }).config.runtime.enableVcpusPinning).toBe(
    true,
  );
});

test('a configuration file of the pod is refused by default', () => {
  expect(apply({ 'io.katacontainers.config_path': '/x' }, { policy: safePolicy }).problems).toMatchObject([
    { severity: 'error', code: 'annotation/not-allowed' },
  ]);
});

test('keys the runtime sets itself mean nothing when given', () => {
  expect(apply({ 'io.katacontainers.pkg.oci.bundle_path': '/x' })).toMatchObject({
    applied: [{ outcome: 'ignored' }],
  });
});

test('settings of one container', () => {
  const result = applyOverrides({
    annotations: { 'io.katacontainers.container.resource.swappiness': '200' },
    families: [containerFamily],
    config: { container: {} },
    host: { numCpus: 1 },
  });
  expect(result.config.container).toEqual({ memorySwappiness: 200 });
});
