import { defaultRuntimeConfig, type HypervisorConfig } from '@hako/config';
import type { Linux } from '@hako/oci-spec';
import type { ContainerConfig } from '@hako/oci-translate';
import { expect, test } from 'vitest';
import { FakePciHost } from '../testing/fake-pci.ts';
import { planHostDevices, planNamedDevices, withoutVfioFiles } from './plan-host-devices.ts';

const { hypervisor, runtime } = defaultRuntimeConfig();
const group = {
  containerPath: '/dev/vfio/12',
  type: 'c',
  major: 240,
  minor: 7,
  fileMode: 0,
  uid: 0,
  gid: 0,
} as const;

function plan(
  changes: Partial<HypervisorConfig>,
  devices: ContainerConfig['devices'] = [group],
  { vfioMode = 'guest-kernel' as const, linux = {} as Linux, root = '/nowhere' } = {},
): ReturnType<typeof planHostDevices> {
  const spec = { ociVersion: '1.0.2', linux } as ContainerConfig['spec'];
  const sandbox = { hypervisor: { ...hypervisor, ...changes }, runtime: { ...runtime, vfioMode } };
  return planHostDevices({ spec, devices }, sandbox, root);
}

test('files of VFIO are planned by their numbers', () => {
  using host = new FakePciHost({ '0000:3b:00.0': { group: 12 } }, { '240:7': '12' });
  const devices = [{ ...group, containerPath: '/dev/null' }, group, { ...group, type: 'b' as const }];
  expect(plan({ coldPlugVfio: 'root-port' }, devices, { root: host.root })).toEqual([
    {
      file: { name: '12', iommufd: false, devices: [expect.objectContaining({ address: '0000:3b:00.0' })] },
      containerPath: '/dev/vfio/12',
      field: 'linux.devices[1]',
    },
  ]);
  expect(plan({}, [{ ...group, containerPath: '/dev/vfio/vfio' }])).toEqual([]);
});

test('without a port, or an IOMMU for the container, they are refused', () => {
  expect(() => plan({})).toThrow(
    'linux.devices[0]: /dev/vfio/12 is a device of the host, and cold_plug_vfio and hot_plug_vfio = "no-port"',
  );
  const vfio = { vfioMode: 'vfio' as 'guest-kernel' };
  expect(() => plan({ hotPlugVfio: 'root-port' }, [group], vfio)).toThrow('set enable_iommu = true');
  expect(() => plan({ hotPlugVfio: 'root-port', enableIommu: true }, [group], vfio)).toThrow(
    'linux.devices[0]: the host has no character device 240:7',
  );
});

test('all devices of the host are not meant to be handed over', () => {
  const linux = { resources: { devices: [{ allow: true, access: 'rwm' }] } };
  expect(plan({}, [group], { linux })).toEqual([]);
  const named = { ...group, namedBy: 'annotations["cdi.k8s.io/gpu"]: a.com/b=0' };
  expect(() => plan({}, [named], { linux })).toThrow(
    'annotations["cdi.k8s.io/gpu"]: a.com/b=0: /dev/vfio/12 is a device of the host, and cold_plug_vfio',
  );
});

test("devices that a pod's machine starts with are planned as those of a container", () => {
  using host = new FakePciHost({ '0000:3b:00.0': { group: 12 } }, { '240:7': '12' });
  const sandbox = { hypervisor: { ...hypervisor, coldPlugVfio: 'root-port' as const }, runtime };
  expect(planNamedDevices(sandbox, host.root)).toEqual([]);
  const hostDevices = [
    { ...group, namedBy: 'a' },
    { ...group, containerPath: '/dev/vfio/13', minor: 8, namedBy: 'b' },
  ];
  expect(planNamedDevices({ ...sandbox, hostDevices: hostDevices.slice(0, 1) }, host.root)).toEqual([
    expect.objectContaining({ field: 'a', containerPath: '/dev/vfio/12' }),
  ]);
  expect(() => planNamedDevices({ ...sandbox, hostDevices }, host.root)).toThrow(
    'b: the host has no character device 240:8',
  );
});

test('what the guest is told of files of VFIO', () => {
  const rule = { allow: true, type: 'c', major: 240, minor: 7, access: 'rwm' };
  const other = { ...rule, minor: 8 };
  const file = { path: '/dev/vfio/12', type: 'c', major: 240, minor: 7 };
  const control = { path: '/dev/vfio/vfio', type: 'c', major: 10, minor: 196 };
  const fuse = { path: '/dev/fuse', type: 'c', major: 10, minor: 229 };
  const linux = { devices: [control, file, fuse], resources: { devices: [rule, other] } } as Linux;
  expect(withoutVfioFiles(linux, 'guest-kernel', [])).toEqual({
    devices: [fuse],
    resources: { devices: [other] },
  });
  expect(withoutVfioFiles(linux, 'vfio', [])).toBe(linux);
  const all = { ...linux, resources: { devices: [{ allow: true, access: 'rwm' }] } } as Linux;
  expect(withoutVfioFiles(all, 'vfio', []).devices).toEqual([control, fuse]);
  const named = [{ ...group, namedBy: 'annotations' }];
  expect(withoutVfioFiles(all, 'vfio', named).devices).toEqual([control, file, fuse]);
  expect(withoutVfioFiles({ devices: [fuse] } as Linux, 'guest-kernel', [])).toEqual({ devices: [fuse] });
});
