import { applyOverrides, openPolicy } from '@hako/annotations';
import { defaultRuntimeConfig } from '@hako/config';
import { expect, test } from 'vitest';
import { assetAnnotations, assetsFamily } from './index.ts';

const families = [assetsFamily];
const h = 'io.katacontainers.config.hypervisor.';

function apply(annotations: Record<string, string>, line: '1.x' | '3.x' = '3.x') {
  const config = { ...defaultRuntimeConfig({ initrd: '/old/initrd' }), assetHashes: {} };
  return applyOverrides({ annotations, families, config, host: { numCpus: 8 }, policy: openPolicy, line });
}

test('an image takes the place of the configured initrd', () => {
  const { config, origins } = apply({ [`${h}image`]: '/new/image' });
  expect(config.hypervisor).toMatchObject({ image: '/new/image', initrd: '' });
  expect(origins['hypervisor.initrd']).toEqual({ kind: 'derived', from: `excluded by ${h}image` });
});

test('image and initrd exclude each other', () => {
  expect(apply({ [`${h}image`]: '/a', [`${h}initrd`]: '/b' }).problems).toMatchObject([
    { severity: 'error', field: `${h}initrd` },
  ]);
});

test.each(['relative', '', '/a/../b', '/n\0l'])('the path %j is refused', (path) => {
  expect(apply({ [`${h}kernel`]: path }).problems).toMatchObject([
    { severity: 'error', field: `${h}kernel` },
  ]);
});

test('1.x takes any text', () => {
  expect(apply({ [`${h}kernel`]: 'relative' }, '1.x').config.hypervisor.kernel).toBe('relative');
  expect(apply({ [`${h}path`]: '/x' }, '1.x').problems).toMatchObject([{ severity: 'warning' }]);
});

test('hashes', () => {
  expect(apply({ [`${h}path_hash`]: '0A'.repeat(64) }).config.assetHashes).toEqual({
    hypervisor: '0a'.repeat(64),
  });
  expect(apply({ [`${h}kernel_hash`]: '0a' }).problems).toMatchObject([{ severity: 'error' }]);
  expect(apply({ 'io.katacontainers.asset_hash_type': 'md5' }).problems).toMatchObject([
    { severity: 'error' },
  ]);
  expect(assetAnnotations).toHaveLength(9);
});
