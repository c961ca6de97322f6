import { Device } from '@hako/agent-protocol';
import { expect, test } from 'vitest';
import { RecordingMachine } from '../../test/recording-machine.ts';
import { allowMountedDisks, withGuestDevices } from './container-devices.ts';

const machine = new RecordingMachine();
const nodeOf = () => ({ type: 'b', major: 254, minor: 16 }) as const;
/** Any device file that is there stands for the guest's disk. */
const disk = (containerPath: string) => Device.create({ type: 'blk', vmPath: '/dev/null', containerPath });

const spec = {
  linux: {
    devices: [
      { path: '/dev/data', type: 'b', major: 7, minor: 3, fileMode: 0o600 },
      { path: '/dev/fuse', type: 'c', major: 10, minor: 229 },
    ],
    resources: {
      pids: { limit: 10 },
      devices: [
        { allow: false, access: 'rwm' },
        { allow: true, type: 'b', major: 7, minor: 3, access: 'r' },
        { allow: true, type: 'b', major: 7, minor: 4, access: 'rw' },
      ],
    },
  },
};

test('a device and the rules about it get the numbers that it has in the guest', async () => {
  expect((await withGuestDevices(spec, [disk('/dev/data')], machine, nodeOf)).spec).toEqual({
    linux: {
      devices: [
        { path: '/dev/data', type: 'b', major: 254, minor: 16, fileMode: 0o600 },
        spec.linux.devices[1],
      ],
      resources: {
        pids: { limit: 10 },
        devices: [
          { allow: false, access: 'rwm' },
          { allow: true, type: 'b', major: 254, minor: 16, access: 'r' },
          { allow: true, type: 'b', major: 7, minor: 4, access: 'rw' },
        ],
      },
    },
  });
  expect((await withGuestDevices(spec, [], machine, nodeOf)).spec).toBe(spec);
});

test('a device of another type, or for a path that the specification does not name, is refused', async () => {
  const card = Device.create({ type: 'vfio-ap', containerPath: '/dev/data' });
  await expect(withGuestDevices(spec, [card], machine, nodeOf)).rejects.toMatchObject({
    code: 'unimplemented',
  });
  await expect(withGuestDevices(spec, [disk('/dev/other')], machine, nodeOf)).rejects.toMatchObject({
    code: 'invalid-argument',
  });
});

test('a group of VFIO is named as it is here', async () => {
  const file = { path: '/dev/vfio/12', type: 'c', major: 240, minor: 7, fileMode: 0o600 };
  const rule = { allow: true, type: 'c', major: 240, minor: 7, access: 'rw' };
  const asked = { linux: { devices: [file], resources: { devices: [rule] } } };
  const device = Device.create({ type: 'vfio-pci', containerPath: '/dev/vfio/12' });
  const addresses = new Map([['0000:3b:00.0', '0000:06:00.0']]);
  const find = async () => ({ addresses, file: '/dev/vfio/3' });
  const vfio = { type: 'c', major: 511, minor: 3 } as const;
  expect(await withGuestDevices(asked, [device], machine, () => vfio, find)).toEqual({
    spec: {
      linux: {
        devices: [{ ...file, path: '/dev/vfio/3', major: 511, minor: 3 }],
        resources: { devices: [{ ...rule, major: 511, minor: 3 }] },
      },
    },
    pciAddresses: addresses,
  });
  const left = { linux: { devices: [] } };
  const driven = Device.create({ type: 'vfio-pci-gk', containerPath: '/dev/vfio/12' });
  const none = async () => ({ addresses, file: undefined });
  expect(await withGuestDevices(left, [driven], machine, nodeOf, none)).toEqual({
    spec: left,
    pciAddresses: addresses,
  });
});

test('a disk that is mounted as a file may be opened, as far as the mount allows', () => {
  const mounts = [
    { destination: '/disk', source: '/run/disks/0', options: ['bind'] },
    { destination: '/read', source: '/run/disks/1', options: ['bind', 'ro'] },
    { destination: '/folder', source: '/run/folder', options: ['bind'] },
  ];
  const files = new Set(['/run/disks/0', '/run/disks/1']);
  expect(allowMountedDisks({ mounts }, files, nodeOf)).toEqual({
    mounts,
    linux: {
      resources: {
        devices: [
          { allow: true, type: 'b', major: 254, minor: 16, access: 'rwm' },
          { allow: true, type: 'b', major: 254, minor: 16, access: 'rm' },
        ],
      },
    },
  });
  expect(allowMountedDisks(spec, files, nodeOf)).toBe(spec);
});
