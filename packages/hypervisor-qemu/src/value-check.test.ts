import { configKeys, defaultRuntimeConfig, type HypervisorConfig, isRefusal } from '@hako/config';
import { expect, test } from 'vitest';
import { checkValues } from './value-check.ts';

const { hypervisor } = defaultRuntimeConfig({ initrd: '/guest/initrd.img' });

function broken(changes: Partial<HypervisorConfig>): string[] {
  return checkValues({ ...hypervisor, ...changes }).map(
    ({ severity, field, rule }) => `${severity} ${field.replace('hypervisor.qemu.', '')} ${rule}`,
  );
}

/** A value that is not the default. */
function other(value: unknown): unknown {
  if (typeof value === 'boolean') return !value;
  return typeof value === 'number' ? value + 1 : `${String(value)}x`;
}

test('the defaults break no rule', () => {
  expect(broken({})).toEqual([]);
});

test('every key that the reference calls refused is refused', () => {
  const refused = Object.entries(configKeys.hypervisor).filter(([, { effect }]) => isRefusal(effect));
  expect(refused.length).toBeGreaterThan(0);
  for (const [field, key] of refused)
    expect(broken({ [field]: other(key.default) })).toEqual([`error ${key.toml} is ${key.effect}`]);
});

test.each<[Partial<HypervisorConfig>, RegExp]>([
  [{ image: '', initrd: '' }, /^error image or initrd must be set/],
  [{ machineType: 'microvm', accelerator: 'tcg' }, /^warning machine_type boots unreliably/],
  [{ rootless: true, sharedFs: 'virtio-9p' }, /^error rootless is impossible with shared_fs/],
  [{ virtioFsCacheSizeMib: 1024 }, /^warning virtio_fs_cache_size is ignored/],
  [{ pflashes: ['/a', '/b', '/c'] }, /^error pflashes must not be more than two/],
  [{ pflashes: ['/a'], firmware: '/b' }, /^error pflashes excludes firmware/],
  [{ firmwareVolume: '/vars' }, /^error firmware_volume needs firmware/],
  [{ kernelVerityParams: 'root_hash=xyz' }, /^error kernel_verity_params must be root_hash=HEX/],
  [{ vmRootfsDriver: 'ide' }, /^error vm_rootfs_driver must be one of virtio-blk/],
  [{ enableIommu: true, machineType: 'pc' }, /^error enable_iommu needs machine_type = "q35"/],
  [
    { enableVirtioMem: true, machineType: 'microvm', accelerator: 'kvm' },
    /^error enable_virtio_mem is impossible/,
  ],
  [
    { enableGuestSwap: true, machineType: 'microvm', accelerator: 'kvm' },
    /^error enable_guest_swap is impossible with machine_type/,
  ],
  [{ pcieRootPort: 17 }, /^error pcie_root_port must be at most 16/],
  [{ pcieSwitchPort: 1, machineType: 'pc' }, /^error pcie_switch_port needs a machine with PCI Express/],
  [
    { coldPlugVfio: 'switch-port', machineType: 'pc' },
    /^error cold_plug_vfio needs a machine with PCI Express/,
  ],
  [
    { hotPlugVfio: 'bridge-port', machineType: 'microvm', accelerator: 'kvm' },
    /^error hot_plug_vfio needs bridges or ports/,
  ],
  [{ numaMapping: ['0', 'a-b'] }, /^error numa_mapping must be lists of host nodes/],
  [{ blockDeviceDriver: 'virtio-blk-ccw' }, /^warning block_device_driver attaches no disk .* of s390x/],
  [
    { blockDeviceDriver: 'nvdimm', machineType: 'microvm', accelerator: 'kvm' },
    /^warning block_device_driver attaches no disk .* no slots for NVDIMMs/,
  ],
  [
    { blockDeviceDriver: 'nvdimm', rootless: true },
    /^warning block_device_driver attaches no disk .* with rootless/,
  ],
  [{ blockDeviceDriver: 'nvdimm', memorySlots: 128 }, /^error memory_slots must be at most 127/],
  [{ blockDeviceDriver: 'virtio-mmio' }, /^warning block_device_driver .* only machine_type = "microvm" has/],
  [
    {
      blockDeviceDriver: 'virtio-mmio',
      machineType: 'microvm',
      accelerator: 'kvm',
      enableIothreads: true,
    },
    /^warning enable_iothreads serves no disk on virtio-mmio/,
  ],
  [{ extraMonitorSocket: 'qmp' }, /^warning extra_monitor_socket is made with enable_debug only/],
])('%j', (changes, message) => {
  expect(broken(changes)).toEqual([expect.stringMatching(message)]);
});

test.runIf(process.arch === 'x64')("arm64's machine is refused on x86-64", () => {
  expect(broken({ machineType: 'virt' })).toEqual([
    expect.stringMatching(/^error machine_type is a machine of arm64/),
  ]);
});
