import { defaultRuntimeConfig } from '@hako/config';
import type { DiskDevice } from '@hako/hypervisor';
import { expect, test } from 'vitest';
import { templateObstacle } from './template-obstacle.ts';

const { hypervisor } = defaultRuntimeConfig({ image: '/guest/image' });

test('a machine that has its disks from the start is no copy of another, which could not plug them', () => {
  const disk: DiskDevice = {
    kind: 'mmio',
    id: 'disk1',
    path: '/disk',
    source: 'file',
    format: 'raw',
    readonly: false,
    aio: 'threads',
  };
  const vm = { id: 'x', runtimeDir: '/x', hypervisor, kernelParams: [], shares: [], devices: [disk] };
  expect(templateObstacle({ ...vm, devices: [], hypervisor: { ...hypervisor, useVsock: true } }, true)).toBe(
    'use_vsock: the address of a copy is its own',
  );
  expect(templateObstacle({ ...vm, hypervisor: { ...hypervisor, machineType: 'microvm' } }, true)).toBe(
    'machine_type microvm cannot plug what a copy has of its own',
  );
  expect(templateObstacle({ ...vm, devices: [] }, true)).toBeUndefined();
  expect(templateObstacle({ ...vm, hypervisor: { ...hypervisor, blockDeviceDriver: 'nvdimm' } }, true)).toBe(
    'block_device_driver nvdimm: the disks of a copy are its own',
  );
});
