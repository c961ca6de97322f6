import { expect, test } from 'vitest';
import { completeHypervisor } from './complete-hypervisor.ts';
import { defaultRuntimeConfig } from './defaults.ts';

const { hypervisor } = defaultRuntimeConfig();

test('a full configuration is complete as it is', () => {
  const full = { ...hypervisor, defaultMaxVcpus: 4 };
  expect(completeHypervisor(full)).toEqual({ hypervisor: full, problems: [] });
});

test('zeros get defaults', () => {
  const empty = { ...hypervisor, defaultVcpus: 0, defaultMemoryMib: 0, defaultMaxVcpus: 0, msize9pBytes: 0 };
  expect(completeHypervisor({ ...empty, sharedFs: 'virtio-9p' }).hypervisor).toMatchObject({
    defaultVcpus: 1,
    defaultMemoryMib: 2048,
    defaultMaxVcpus: 240,
    msize9pBytes: 8192,
  });
  expect(completeHypervisor({ ...empty, sharedFs: 'virtio-fs' }).hypervisor.msize9pBytes).toBe(0);
});

test('all that is missing is named', () => {
  const { problems } = completeHypervisor({
    ...hypervisor,
    kernel: '',
    initrd: '',
    image: '',
    bootFromTemplate: true,
  });
  expect(problems.map(({ field }) => field)).toEqual([
    'hypervisor.qemu.kernel',
    'hypervisor.qemu.image',
    'hypervisor.qemu.memory_path',
    'hypervisor.qemu.device_state_path',
  ]);
});
