import { defaultRuntimeConfig, type HypervisorConfig } from '@hako/config';
import type { VmConfig } from '@hako/hypervisor';
import { expect, test } from 'vitest';
import { FakePciHost } from '../testing/fake-pci.ts';
import { machineFor } from './machine-for.ts';
import { type PlannedHostDevice, planNamedDevices } from './plan-host-devices.ts';

const { hypervisor } = defaultRuntimeConfig();
const mib = 1024 * 1024;

function machine(changes: Partial<HypervisorConfig>): VmConfig {
  const kernelParams = [{ key: 'quiet' }];
  return { id: 'x', runtimeDir: '/x', hypervisor: { ...hypervisor, ...changes }, kernelParams, shares: [] };
}

function file(name: string, iommufd: boolean, ...addresses: readonly string[]): PlannedHostDevice {
  const devices = addresses.map((address) => ({
    address,
    plainBytes: 3 * mib,
    prefetchableBytes: 288 * mib,
  }));
  return { file: { name, iommufd, devices }, containerPath: `/dev/vfio/${name}`, field: 'f' };
}

const planned = [
  file('12', false, '0000:3b:00.0', '0000:3b:00.1'),
  file('vfio0', true, '0000:5e:00.0'),
  // Another file of the same device.
  file('12', false, '0000:3b:00.0'),
];

test('a machine that starts with devices has a port for each', () => {
  const vm = machineFor(machine({ coldPlugVfio: 'root-port', pcieRootPort: 1 }), planned);
  expect(vm.hypervisor.pcieRootPort).toBe(3);
  expect(vm.kernelParams).toEqual([{ key: 'quiet' }]);
  expect(vm.devices).toEqual([
    { kind: 'vfio', id: 'vfio0', address: '0000:3b:00.0' },
    { kind: 'vfio', id: 'vfio1', address: '0000:3b:00.1' },
    { kind: 'vfio', id: 'vfio2', address: '0000:5e:00.0', iommufd: true },
  ]);
  expect(vm.deviceMemoryBytes).toBe(3 * 288 * mib);
});

test('one that gets them later has the ports, and keeps room for them', () => {
  const vm = machineFor(machine({ hotPlugVfio: 'switch-port', pcieSwitchPort: 7 }), planned);
  expect(vm.hypervisor).toMatchObject({ pcieSwitchPort: 7, pcieRootPort: 0 });
  expect(vm.devices).toEqual([]);
  expect(vm.deviceMemoryBytes).toBe(7 * 288 * mib);
  expect(vm.kernelParams).toEqual([
    { key: 'pci', value: 'hpmmiosize=3M,hpmmioprefsize=288M' },
    { key: 'quiet' },
  ]);
});

test('one whose kernel is to keep more for what comes later has as much', () => {
  const hot = machine({ hotPlugVfio: 'root-port', pcieRootPort: 2 });
  const word = { key: 'pci', value: 'hpmmioprefsize=127G' };
  const vm = machineFor({ ...hot, kernelParams: [word] }, []);
  expect(vm).toMatchObject({ kernelParams: [word], deviceMemoryBytes: 2 * 127 * 1024 * mib });
});

test('one without any, or with bridges, is as it was', () => {
  const plain = machine({ hotPlugVfio: 'bridge-port' });
  expect(machineFor(plain, [])).toEqual({ ...plain, devices: [], deviceMemoryBytes: 0 });
  expect(machineFor(plain, planned).hypervisor).toBe(plain.hypervisor);
});

test("a pod's machine starts with the devices that were named for it, its own container's beside them", () => {
  using host = new FakePciHost({ '0000:86:00.0': { group: 4 } }, { '511:4': '4' });
  const named = planNamedDevices(
    {
      hypervisor: { ...hypervisor, coldPlugVfio: 'root-port' },
      runtime: defaultRuntimeConfig().runtime,
      hostDevices: [
        { containerPath: '/dev/vfio/4', type: 'c', major: 511, minor: 4, fileMode: 0, uid: 0, gid: 0 },
      ],
    },
    host.root,
  );
  const vm = machineFor(machine({ coldPlugVfio: 'root-port' }), [...named, ...planned]);
  expect(vm.hypervisor.pcieRootPort).toBe(4);
  expect(vm.devices?.[0]).toEqual({ kind: 'vfio', id: 'vfio0', address: '0000:86:00.0' });
});
