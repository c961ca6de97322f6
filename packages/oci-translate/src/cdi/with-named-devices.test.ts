import { defaultRuntimeConfig } from '@hako/config';
import { expect, test } from 'vitest';
import type { DeviceInfo } from '../devices.ts';
import { type Translation, translate } from '../translate.ts';
import { withNamedDevices } from './with-named-devices.ts';

const named: DeviceInfo = {
  containerPath: '/dev/vfio/12',
  type: 'c',
  major: 240,
  minor: 7,
  fileMode: 0,
  uid: 0,
  gid: 0,
  namedBy: 'x',
};
const file = { path: '/dev/vfio/12', type: 'c', major: 240, minor: 7, uid: 0, gid: 0 };
const deny = { allow: false, access: 'rwm' };

function translation(linux: object, annotations: Readonly<Record<string, string>> = {}): Translation {
  return translate({
    specText: JSON.stringify({
      ociVersion: '1.2.0',
      process: { cwd: '/', args: ['sh'] },
      root: { path: 'r' },
      linux,
      annotations,
    }),
    bundlePath: '/b',
    containerId: 'c1',
    config: defaultRuntimeConfig(),
    host: { numCpus: 1 },
  });
}

test('a single container has them as if config.json had', () => {
  const { container, sandbox } = withNamedDevices(translation({ resources: { devices: [deny] } }), [named]);
  expect(container.devices).toEqual([named]);
  expect(container.spec.linux).toEqual({
    devices: [file],
    resources: { devices: [deny, { allow: true, type: 'c', major: 240, minor: 7, access: 'rwm' }] },
  });
  expect(sandbox).not.toHaveProperty('hostDevices');
  // Where no rule is, none is needed.
  expect(withNamedDevices(translation({}), [named]).container.spec.linux).toEqual({ devices: [file] });
});

test('one that config.json has already stays what it is, and is named', () => {
  const before = translation({ devices: [file], resources: { devices: [deny] } });
  const { container } = withNamedDevices(before, [named]);
  expect(container.devices).toEqual([named]);
  expect(container.spec).toEqual(before.container.spec);
});

test("a pod's machine has them, its first container has not", () => {
  const before = translation({}, { 'io.kubernetes.cri.container-type': 'sandbox' });
  const { container, sandbox } = withNamedDevices(before, [named]);
  expect(container).toBe(before.container);
  expect(sandbox).toEqual({ ...before.sandbox, hostDevices: [named] });
  expect(withNamedDevices(before, [])).toBe(before);
});

test('annotations say so where no machine starts with devices', () => {
  const cdi = { 'cdi.k8s.io/gpu': 'a.com/gpu=0' };
  expect(translation({}, cdi).warnings).toEqual([
    {
      severity: 'warning',
      code: 'cdi/no-effect',
      file: 'config.json',
      field: 'annotations["cdi.k8s.io/gpu"]',
      rule: 'has no effect: with cold_plug_vfio = "no-port" a machine starts without devices of the host',
    },
  ]);
  const member = { 'io.kubernetes.cri.container-type': 'container', 'io.kubernetes.cri.sandbox-id': 's' };
  expect(translation({}, { ...cdi, ...member }).warnings).toEqual([]);
});
