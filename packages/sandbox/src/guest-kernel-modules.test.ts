import { defaultRuntimeConfig } from '@hako/config';
import { expect, test } from 'vitest';
import { guestKernelModules } from './guest-kernel-modules.ts';

const { agent, hypervisor } = defaultRuntimeConfig();

test('modules are split into name and parameters, empty ones passed over', () => {
  expect(
    guestKernelModules({ ...agent, kernelModules: ['dummy numdummies=1', '', 'fuse'] }, hypervisor),
  ).toEqual([
    { name: 'dummy', parameters: ['numdummies=1'] },
    { name: 'fuse', parameters: [] },
  ]);
});

test('devices bring their drivers', () => {
  const devices = {
    enableVirtioMem: true,
    reclaimGuestFreedMemory: true,
    guestMemoryDumpPath: '/dumps',
    blockDeviceDriver: 'nvdimm',
  } as const;
  expect(guestKernelModules(agent, devices).map(({ name }) => name)).toEqual([
    'virtio_mem',
    'virtio_balloon',
    'pvpanic_mmio',
    'nfit',
  ]);
});
