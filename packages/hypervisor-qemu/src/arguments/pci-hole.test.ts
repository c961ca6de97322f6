import { defaultRuntimeConfig, type HypervisorConfig } from '@hako/config';
import { expect, test } from 'vitest';
import { pciHoleArguments } from './pci-hole.ts';

const { hypervisor } = defaultRuntimeConfig();
const gib = 2 ** 30;

test.each<[HypervisorConfig['machineType'], number, string[]]>([
  ['q35', 0, []],
  ['q35', 31 * gib, []],
  ['q35', 31 * gib + 1, ['-global', 'q35-pcihost.pci-hole64-size=33G']],
  ['pc', gib, []],
  ['pc', 2 * gib, ['-global', 'i440FX-pcihost.pci-hole64-size=3G']],
  ['virt', 64 * gib, []],
  ['microvm', 64 * gib, []],
])('%s with %d bytes of device memory', (machineType, deviceMemoryBytes, expected) => {
  expect(pciHoleArguments({ hypervisor: { ...hypervisor, machineType }, deviceMemoryBytes })).toEqual(
    expected,
  );
});
