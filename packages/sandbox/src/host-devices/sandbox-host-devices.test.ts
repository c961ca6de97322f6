import { defaultRuntimeConfig, type HypervisorConfig, type RuntimeConfig } from '@hako/config';
import type { VirtualMachine, VmDevice } from '@hako/hypervisor';
import { expect, test } from 'vitest';
import type { PlannedHostDevice } from './plan-host-devices.ts';
import { SandboxHostDevices } from './sandbox-host-devices.ts';

const { hypervisor, runtime } = defaultRuntimeConfig();

function machine(refused = ''): VirtualMachine & { readonly log: string[]; readonly gone: Set<string> } {
  const log: string[] = [];
  const gone = new Set<string>();
  const part: Partial<VirtualMachine> = {
    plug: async (device: VmDevice) => {
      if (device.kind !== 'vfio' || device.address === refused) throw new Error('QEMU says no');
      log.push(`plug ${device.id} ${device.address}${device.iommufd === true ? ' iommufd' : ''}`);
      return { guestPciPath: `0${log.length}/00` };
    },
    unplug: async (id: string) => void log.push(`unplug ${id}`),
    isGone: (id: string) => gone.has(id),
    placeOf: (id: string) => (gone.has(id) ? undefined : { guestPciPath: `08/${id}` }),
  };
  return { ...(part as VirtualMachine), log, gone };
}

function file(name: string, ...addresses: readonly string[]): PlannedHostDevice {
  const devices = addresses.map((address) => ({ address, plainBytes: 0, prefetchableBytes: 0 }));
  const iommufd = name.startsWith('vfio');
  return { file: { name, iommufd, devices }, containerPath: `/dev/vfio/${name}`, field: 'linux.devices[0]' };
}

function devicesOf(
  vm: VirtualMachine,
  changes: Partial<HypervisorConfig>,
  atStart: readonly VmDevice[] = [],
  vfioMode: RuntimeConfig['runtime']['vfioMode'] = 'guest-kernel',
): SandboxHostDevices {
  const config = { hypervisor: { ...hypervisor, ...changes }, runtime: { ...runtime, vfioMode } };
  return new SandboxHostDevices(vm, config, { devices: atStart, kernelParams: [] });
}

const hot = { hotPlugVfio: 'root-port' } as const;
const cold = { coldPlugVfio: 'root-port' } as const;

test('hot: a device that two containers use is plugged once and unplugged with the last', async () => {
  const vm = machine();
  const devices = devicesOf(vm, hot);
  expect(await devices.attach('a', [file('12', '0000:3b:00.0', '0000:3b:00.1')])).toEqual([
    {
      type: 'vfio-pci-gk',
      id: '12',
      vmPath: '',
      containerPath: '/dev/vfio/12',
      options: ['0000:3b:00.0=01/00', '0000:3b:00.1=02/00'],
    },
  ]);
  expect(await devices.attach('b', [file('vfio3', '0000:3b:00.1')])).toMatchObject([
    { id: 'vfio3', options: ['0000:3b:00.1=02/00'] },
  ]);
  await devices.detach('a');
  await devices.detach('a');
  await devices.detach('b');
  expect(vm.log).toEqual([
    'plug vfio0 0000:3b:00.0',
    'plug vfio1 0000:3b:00.1',
    'unplug vfio0',
    'unplug vfio1',
  ]);
});

test('hot: of a container that cannot have all its devices none stays', async () => {
  const vm = machine('0000:3b:00.1');
  const devices = devicesOf(vm, hot);
  const failing = devices.attach('a', [file('vfio1', '0000:3b:00.0'), file('13', '0000:3b:00.1')]);
  await expect(failing).rejects.toMatchObject({
    code: 'host-refused',
    message: 'linux.devices[0]: 0000:3b:00.1 cannot be handed to the virtual machine: QEMU says no',
  });
  expect(vm.log).toEqual(['plug vfio0 0000:3b:00.0 iommufd', 'unplug vfio0']);
});

test('hot: one that the guest has ejected is plugged again', async () => {
  const vm = machine();
  const devices = devicesOf(vm, hot);
  await devices.attach('a', [file('12', '0000:3b:00.0')]);
  vm.gone.add('vfio0');
  expect(await devices.attach('b', [file('12', '0000:3b:00.0')])).toMatchObject([
    { options: ['0000:3b:00.0=02/00'] },
  ]);
  await devices.detach('a');
  await devices.detach('b');
  expect(vm.log.slice(2)).toEqual(['unplug vfio1']);
});

test('hot: one whose memory has no room in the guest is refused before it is plugged', async () => {
  const vm = machine();
  const big = { address: '0000:3b:00.0', plainBytes: 0, prefetchableBytes: 4096 * 1024 };
  const planned = { ...file('12'), file: { name: '12', iommufd: false, devices: [big] } };
  await expect(devicesOf(vm, hot).attach('a', [planned])).rejects.toMatchObject({
    code: 'unsupported',
    message: expect.stringMatching(
      /^linux\.devices\[0\]: 0000:3b:00\.0 needs .*add pci=hpmmiosize=2M,hpmmioprefsize=4M to/,
    ),
  });
  // On a bridge what has gone again makes room.
  const half = (address: string): PlannedHostDevice => ({
    ...planned,
    file: { ...planned.file, devices: [{ address, plainBytes: 0, prefetchableBytes: 512 * 1024 }] },
  });
  const devices = devicesOf(vm, { hotPlugVfio: 'bridge-port' });
  await devices.attach('a', [half('0000:3b:00.0')]);
  await expect(devices.attach('b', [half('0000:5e:00.0')])).rejects.toThrow('1 MiB (prefetchable)');
  await devices.detach('a');
  await devices.attach('b', [half('0000:5e:00.0')]);
  expect(vm.log).toEqual(['plug vfio0 0000:3b:00.0', 'unplug vfio0', 'plug vfio1 0000:5e:00.0']);
});

test('cold: what the machine was started with stays to its end; there is nothing else', async () => {
  const vm = machine();
  const started: VmDevice = { kind: 'vfio', id: 'vfio0', address: '0000:3b:00.0' };
  const devices = devicesOf(vm, cold, [started], 'vfio');
  expect(await devices.attach('a', [file('12', '0000:3b:00.0')])).toMatchObject([
    { type: 'vfio-pci', options: ['0000:3b:00.0=08/vfio0'] },
  ]);
  await devices.detach('a');
  await expect(devices.attach('b', [file('13', '0000:5e:00.0')])).rejects.toThrow(
    'linux.devices[0]: 0000:5e:00.0 is not in the virtual machine: with cold_plug_vfio that starts with its devices, and gets no others (it started with 0000:3b:00.0); have annotations cdi.k8s.io/… of the pod name it, or the kubelet (pod_resource_api_sock), or in place of cold_plug_vfio set hot_plug_vfio = "root-port"',
  );
  vm.gone.add('vfio0');
  await expect(devices.attach('c', [file('12', '0000:3b:00.0')])).rejects.toThrow('the guest has ejected it');
  expect(vm.log).toEqual([]);
});

test('cold: a pod whose pause container names no device is told why it has none, and what to set', async () => {
  const vm = machine();
  const attached = devicesOf(vm, cold).attach('b', [file('13', '0000:5e:00.0')]);
  await expect(attached).rejects.toMatchObject({
    code: 'unsupported',
    message: expect.stringMatching(
      /\(it started with none, since neither its first container nor an annotation cdi\.k8s\.io\/… of it nor the kubelet named one\); .*pcie_root_port to the number of devices of a pod$/,
    ),
  });
  expect(vm.log).toEqual([]);
});
