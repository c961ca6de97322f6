import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultRuntimeConfig, type HypervisorConfig } from '@hako/config';
import type { DiskDevice, VirtualMachine, VmDevice } from '@hako/hypervisor';
import { expect, onTestFinished, test } from 'vitest';
import { coldDisks } from './cold-disks.ts';
import { diskDevice } from './disk-device.ts';
import type { PlannedDisk } from './plan-disks.ts';
import { SandboxDisks } from './sandbox-disks.ts';

const { hypervisor } = defaultRuntimeConfig();

/** A machine that plugs all but `refused`, and tells. */
function machine(refused = ''): VirtualMachine & {
  readonly log: string[];
  readonly plugged: VmDevice[];
  readonly gone: Set<string>;
} {
  const log: string[] = [];
  const plugged: VmDevice[] = [];
  const gone = new Set<string>();
  const part: Partial<VirtualMachine> = {
    hotplug: new Set(['block', 'scsi', 'nvdimm'] as const),
    plug: async (device: VmDevice) => {
      if ((device as DiskDevice).path === refused) throw new Error('QEMU says no');
      log.push(`plug ${device.id} ${(device as DiskDevice).path}`);
      plugged.push(device);
      if (device.kind === 'nvdimm') return { guestPciPath: '', guestNvdimmHandle: plugged.length };
      return { guestPciPath: '02/01', guestScsiAddress: `0:${log.length}` };
    },
    unplug: async (id: string) => void log.push(`unplug ${id}`),
    isGone: (id: string) => gone.has(id),
    resizeDisk: async (id: string, bytes: number) => void log.push(`resize ${id} ${bytes}`),
  };
  return { ...(part as VirtualMachine), log, plugged, gone };
}

function disk(path: string, use: PlannedDisk['use'], readonly = false): PlannedDisk {
  return { disk: { path, source: 'device', format: 'raw', identity: path, readonly: false }, readonly, use };
}

const node = (path: string, readonly = false) =>
  disk(path, { kind: 'node', containerPath: '/dev/x' }, readonly);

test('a disk that two containers use is plugged once and unplugged with the last', async () => {
  const vm = machine();
  const disks = new SandboxDisks(vm, hypervisor);
  const device = { type: 'scsi', id: '0:1', vmPath: '', containerPath: '/dev/x', options: [] };
  expect(await disks.attach('a', 'a', [node('/dev/loop1')])).toEqual({
    devices: [device],
    storages: [],
    mounts: [],
  });
  expect((await disks.attach('b', 'b', [node('/dev/loop1', true)])).devices).toEqual([device]);
  await disks.detach('a');
  await disks.detach('a');
  await disks.detach('b');
  expect(vm.log).toEqual(['plug disk1 /dev/loop1', 'unplug disk1']);
});

test('a disk that the guest ejected is plugged again for the next container, and unplugged with the last', async () => {
  const vm = machine();
  const disks = new SandboxDisks(vm, hypervisor);
  await disks.attach('a', 'a', [node('/dev/loop1', true)]);
  vm.gone.add('disk1');
  // In another way too: it is another device.
  expect((await disks.attach('b', 'b', [node('/dev/loop1')])).devices).toEqual([
    { type: 'scsi', id: '0:2', vmPath: '', containerPath: '/dev/x', options: [] },
  ]);
  await disks.detach('a');
  expect(vm.log).toEqual(['plug disk1 /dev/loop1', 'plug disk2 /dev/loop1']);
  await disks.detach('b');
  expect(vm.log.slice(2)).toEqual(['unplug disk2']);
});

test('disks of a machine that starts with them are there from start to end; others are refused by name', async () => {
  const cold = { ...hypervisor, machineType: 'microvm', blockDeviceDriver: 'virtio-mmio' } as const;
  // One disk in two places is there once, and writable since one of them writes.
  const planned = [node('/dev/loop1', true), node('/dev/loop2', true), node('/dev/loop1')];
  const atStart = coldDisks(planned, cold);
  expect([...atStart.values()].map(({ device }) => device)).toMatchObject([
    { kind: 'mmio', id: 'disk1', path: '/dev/loop1', readonly: false, queueSize: 128 },
    { kind: 'mmio', id: 'disk2', path: '/dev/loop2', readonly: true },
  ]);
  expect(coldDisks(planned, hypervisor).size).toBe(0);
  const vm = {
    ...machine(),
    hotplug: new Set<never>(),
    placeOf: (id: string) => ({ guestPciPath: '', guestSerial: id }),
  };
  const disks = new SandboxDisks(vm, cold, atStart);
  const attached = await disks.attach('own', 'own', planned);
  expect(attached.devices.map(({ type, id }) => `${type} ${id}`)).toEqual([
    'mmioblk disk1',
    'mmioblk disk2',
    'mmioblk disk1',
  ]);
  await disks.attach('member', 'member', [node('/dev/loop1')]);
  await expect(disks.attach('writer', 'writer', [node('/dev/loop2')])).rejects.toThrow(
    '/dev/loop2 is in the',
  );
  await expect(disks.attach('late', 'late', [node('/dev/loop3')])).rejects.toMatchObject({
    code: 'unsupported',
    message:
      '/dev/loop3: machine_type = "microvm" has only the disks that it starts with, those of the sandbox\'s own container; name it there too, or use q35 or pc',
  });
  await disks.detach('member');
  await disks.detach('own');
  expect((await disks.attach('again', 'again', [node('/dev/loop1')])).devices).toMatchObject([
    { id: 'disk1' },
  ]);
  expect(vm.log).toEqual([]);
});

test.each([
  ['virtio-scsi', { guestPciPath: '0a', guestScsiAddress: '0:0' }, { type: 'scsi', id: '0:0' }],
  ['virtio-blk', { guestPciPath: '0a' }, { type: 'blk', id: '0a' }],
] as const)('on microvm disks may be by %s too, from the start', async (blockDeviceDriver, where, device) => {
  const cold = { ...hypervisor, machineType: 'microvm', blockDeviceDriver } as const;
  const planned = [node('/dev/loop1')];
  const vm = { ...machine(), hotplug: new Set<never>(), placeOf: () => where };
  const disks = new SandboxDisks(vm, cold, coldDisks(planned, cold));
  expect((await disks.attach('own', 'own', planned)).devices).toMatchObject([device]);
});

test('an NVDIMM stays when its last container has gone, and serves the next one as it is', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'nvdimm-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = (
    name: string,
    bytes: number,
    isReadonly = false,
    format: 'raw' | 'qcow2' = 'raw',
  ): PlannedDisk => {
    const path = join(folder, name);
    writeFileSync(path, '');
    truncateSync(path, bytes);
    const planned = node(path, isReadonly);
    return { ...planned, disk: { ...planned.disk, source: 'file', format } };
  };
  const vm = machine();
  const disks = new SandboxDisks(vm, { ...hypervisor, blockDeviceDriver: 'nvdimm' });
  const [written, read] = [file('written', 4 << 20), file('read', 2 << 20, true)];
  const attached = await disks.attach('a', 'a', [written, read]);
  expect(attached.devices).toMatchObject([
    { type: 'nvdimm', id: '1' },
    { type: 'nvdimm', id: '2' },
  ]);
  expect(vm.plugged).toEqual([
    { kind: 'nvdimm', id: 'disk1', path: written.disk.path, bytes: 4 << 20, readonly: false },
    { kind: 'nvdimm', id: 'disk2', path: read.disk.path, bytes: 2 << 20, readonly: true },
  ]);
  // As long as another container may write, one that only reads may have it too.
  await disks.attach('b', 'b', [{ ...written, readonly: true }]);
  for (const id of ['a', 'b']) await disks.detach(id);
  for (const planned of [
    { ...written, readonly: true },
    { ...read, readonly: false },
  ])
    await expect(disks.attach('c', 'c', [planned])).rejects.toMatchObject({
      code: 'host-refused',
      message: expect.stringMatching(/ is in the virtual machine already, .* and stays so as an NVDIMM/),
    });
  expect((await disks.attach('c', 'c', [written, read])).devices).toEqual(attached.devices);
  expect(vm.plugged).toHaveLength(2);
  await expect(disks.attach('d', 'd', [file('odd', (2 << 20) + 512)])).rejects.toThrow(
    'odd has 2097664 bytes, and block_device_driver = "nvdimm" takes multiples of 2097152; give it such a size, or use',
  );
  await expect(disks.attach('d', 'd', [file('empty', 0)])).rejects.toThrow('empty has 0 bytes');
  await expect(disks.attach('d', 'd', [file('other', 2 << 20, false, 'qcow2')])).rejects.toThrow(
    'other has the format qcow2, and block_device_driver = "nvdimm" takes raw disks only; use',
  );
  expect(vm.log.filter((line) => line.startsWith('unplug'))).toEqual([]);
});

test('volumes and root file systems are storages of the guest', async () => {
  const disks = new SandboxDisks(machine(), hypervisor);
  const attached = await disks.attach('a', 'a@2', [
    disk('/dev/loop1', { kind: 'mount', index: 4 }),
    disk('/dev/loop2', { kind: 'rootfs', fsType: 'ext4', options: ['noatime'] }, true),
  ]);
  const mountPoint = '/run/kata-containers/sandbox/disks/a@2/4';
  expect(attached).toEqual({
    devices: [],
    mounts: [{ index: 4, guestSource: mountPoint }],
    storages: [
      { driver: 'scsi', source: '0:1', fstype: 'bind', options: ['bind'], mountPoint },
      {
        driver: 'scsi',
        source: '0:2',
        fstype: 'ext4',
        options: ['noatime', 'ro'],
        mountPoint: '/run/kata-containers/shared/containers/a@2~rootfs',
      },
    ],
  });
});

test('when one of several disks cannot be had, none stays', async () => {
  const vm = machine('/dev/bad');
  const disks = new SandboxDisks(vm, hypervisor);
  await expect(disks.attach('a', 'a', [node('/dev/loop1'), node('/dev/bad')])).rejects.toMatchObject({
    code: 'host-refused',
    message: '/dev/bad cannot be attached to the virtual machine: QEMU says no',
  });
  expect(vm.log).toEqual(['plug disk1 /dev/loop1', 'unplug disk1']);
  await expect(disks.attach('b', 'b', [node('/dev/loop1', true), node('/dev/loop1')])).rejects.toThrow(
    'read-only for another container',
  );
  expect(vm.log.slice(2)).toEqual(['plug disk3 /dev/loop1', 'unplug disk3']);
});

test('a disk of a vhost-user process is its socket, with the queues and the patience that are configured', () => {
  const socket = disk('/store/block/sockets/a', { kind: 'node', containerPath: '/dev/x' });
  const served = { ...socket, disk: { ...socket.disk, source: 'vhost-user' as const } };
  const configured = { ...hypervisor, numQueues: 2, vhostUserReconnectTimeoutSec: 5 };
  expect(diskDevice('disk1', served, configured)).toEqual({
    kind: 'vhost-user',
    id: 'disk1',
    socket: '/store/block/sockets/a',
    reconnectSeconds: 5,
    part: { kind: 'block', queues: 2, queueSize: 128 },
  });
  expect(diskDevice('disk1', served, hypervisor)).not.toHaveProperty('reconnectSeconds');
});

test('a direct volume is found by its path as long as a container has it, and has its disk’s size', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'volume-'));
  try {
    const file = join(folder, 'image');
    writeFileSync(file, '');
    const vm = machine();
    const disks = new SandboxDisks(vm, hypervisor);
    const use = { kind: 'volume', index: 3, volumePath: '/v', fsType: 'ext4', options: [] } as const;
    const planned = disk(file, use);
    await disks.attach('a', 'a', [{ ...planned, disk: { ...planned.disk, source: 'file' } }]);
    expect(disks.guestPathOf('/v')).toBe('/run/kata-containers/sandbox/disks/a/3');
    truncateSync(file, 1024);
    await disks.resizeVolume('/v', 1000);
    expect(vm.log.slice(1)).toEqual(['resize disk1 1024']);
    await expect(disks.resizeVolume('/v', 1025)).rejects.toThrow('has 1024 bytes, not 1025');
    truncateSync(file, 1025);
    await expect(disks.resizeVolume('/v', 1025)).rejects.toThrow('no multiple of 512');
    await disks.detach('a');
    expect(() => disks.guestPathOf('/v')).toThrow(expect.objectContaining({ code: 'not-found' }));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

const settings: readonly [string, Partial<HypervisorConfig>, Partial<DiskDevice>][] = [
  ['the default', {}, { kind: 'scsi', aio: 'io_uring', readonly: false }],
  ['the bus', { blockDeviceDriver: 'virtio-blk' }, { kind: 'block', queues: 1, queueSize: 128 }],
  ['queues', { blockDeviceDriver: 'virtio-blk', numQueues: 2, queueSize: 64 }, { queues: 2, queueSize: 64 }],
  ['aio', { blockDeviceAio: 'threads' }, { aio: 'threads' }],
  [
    'the cache',
    { blockDeviceCacheSet: true, blockDeviceCacheDirect: true },
    { cache: { direct: true, noFlush: false } },
  ],
  [
    'flushing',
    { blockDeviceCacheSet: true, blockDeviceCacheNoflush: true },
    { cache: { direct: false, noFlush: true } },
  ],
  [
    'sectors',
    { blockDeviceLogicalSectorSizeBytes: 512, blockDevicePhysicalSectorSizeBytes: 4096 },
    { logicalSectorBytes: 512, physicalSectorBytes: 4096 },
  ],
];
test.each(settings)('%s is as configured', (_name, changes, expected) => {
  expect(diskDevice('disk1', node('/dev/loop1'), { ...hypervisor, ...changes })).toMatchObject(expected);
});
