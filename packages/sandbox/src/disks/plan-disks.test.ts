import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultRuntimeConfig } from '@hako/config';
import type { ContainerConfig } from '@hako/oci-translate';
import { expect, onTestFinished, test } from 'vitest';
import { diskOfNumbers, numbersOf } from './host-disk.ts';
import { planDisks } from './plan-disks.ts';

const { hypervisor } = defaultRuntimeConfig();
const container = (parts: Partial<ContainerConfig>) =>
  ({ spec: { ociVersion: '1.0.2' }, devices: [], ...parts }) as unknown as ContainerConfig;

function file(): string {
  const folder = mkdtempSync(join(tmpdir(), 'plan-disks-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'image');
  writeFileSync(path, '');
  return path;
}

test('a root file system in a file is a raw disk, unless the configuration excludes it', () => {
  const path = file();
  const rootfs = { path, fsType: 'ext4', options: ['ro'] };
  expect(planDisks(container({}), hypervisor, rootfs)).toEqual([
    {
      disk: expect.objectContaining({ path, source: 'file', format: 'raw' }),
      readonly: true,
      use: { kind: 'rootfs', fsType: 'ext4', options: ['ro'] },
    },
  ]);
  const excluded = { ...hypervisor, disableBlockDeviceUse: true };
  expect(() => planDisks(container({}), excluded, rootfs)).toThrow(/disable_block_device_use = true/);
  const nvdimm = { ...hypervisor, blockDeviceDriver: 'nvdimm' as const };
  expect(planDisks(container({}), nvdimm, rootfs)).toHaveLength(1);
  expect(() => planDisks(container({}), { ...nvdimm, machineType: 'microvm' }, rootfs)).toThrow(
    'block_device_driver = "nvdimm" cannot attach a disk: machine_type = "microvm" has no slots for NVDIMMs; use',
  );
  expect(() => planDisks(container({}), { ...nvdimm, rootless: true }, rootfs)).toThrow(
    'block_device_driver = "nvdimm" cannot attach a disk: QEMU maps its file, which it may not open with rootless',
  );
  const mmio = { ...hypervisor, blockDeviceDriver: 'virtio-mmio' as const };
  expect(() => planDisks(container({}), mmio, rootfs)).toThrow(
    'block_device_driver = "virtio-mmio" cannot attach a disk: machine_type = "q35" has no such bus; use virtio-blk or virtio-scsi',
  );
  expect(planDisks(container({}), { ...mmio, machineType: 'microvm' }, rootfs)).toHaveLength(1);
  expect(() => planDisks(container({}), hypervisor, { ...rootfs, path: '/nowhere' })).toThrow('ENOENT');
});

test('a device that the host does not have is refused by name; other devices are no disks', () => {
  const device = {
    containerPath: '/dev/x',
    type: 'b',
    major: 7,
    minor: 999_999,
    fileMode: 0,
    uid: 0,
    gid: 0,
  } as const;
  expect(() => planDisks(container({ devices: [device] }), hypervisor)).toThrow(
    'linux.devices[0]: the host has no block device 7:999999',
  );
  expect(planDisks(container({ devices: [{ ...device, type: 'c' }] }), hypervisor)).toEqual([]);
});

test('with a store a device 241:N is a disk behind a socket; what the store lacks is refused by name', () => {
  const device = (major: number, minor: number) =>
    container({
      devices: [{ containerPath: '/dev/x', type: 'b', major, minor, fileMode: 0, uid: 0, gid: 0 }],
    });
  const vhostUserStorePath = join(file(), '..', 'store');
  mkdirSync(join(vhostUserStorePath, 'block/devices'), { recursive: true });
  const store = { ...hypervisor, enableVhostUserStore: true, vhostUserStorePath };
  expect(() => planDisks(device(241, 0), store)).toThrow(
    `linux.devices[0]: ${vhostUserStorePath}/block/devices has no block device 241:0`,
  );
  expect(() => planDisks(device(242, 0), store)).toThrow('242:0 is a SCSI controller of vhost-user');
  expect(() => planDisks(device(241, 0), hypervisor)).toThrow('the host has no block device 241:0');
});

test('numbers of a device', () => {
  expect(numbersOf(0x700)).toBe('7:0');
  expect(numbersOf(0x1000_07ff)).toBe('7:65791');
  expect(() => diskOfNumbers(7, 0, 'x', '/nowhere')).toThrow('x: the host has no block device 7:0');
});
