import { formatProblem } from '@hako/errors';
import { expect, test } from 'vitest';
import { cdiDevices } from './cdi-devices.ts';
import { cdiNames } from './cdi-names.ts';
import type { CdiFile } from './cdi-spec.ts';

function file(path: string, rank: number, spec: object): CdiFile {
  const text = JSON.stringify({ cdiVersion: '0.6.0', kind: 'a.com/gpu', ...spec });
  return { path, rank, text: new TextEncoder().encode(text) };
}

function device(name: string, ...deviceNodes: readonly object[]): object {
  return { name, containerEdits: { deviceNodes } };
}

function find(value: string, ...files: readonly CdiFile[]): { devices: readonly object[]; lines: string[] } {
  const { names } = cdiNames({ 'cdi.k8s.io/x': value }, 'config.json');
  const { devices, problems } = cdiDevices(names, {
    folders: ['/etc/cdi', '/var/run/cdi'],
    files: () => files,
    characterDevice: (path) => {
      const [, minor] = /^\/dev\/vfio\/([0-9]+)$/.exec(path) ?? [];
      return minor === undefined ? undefined : { major: 240, minor: Number(minor) };
    },
  });
  return { devices, lines: problems.map((one) => `${one.severity} ${formatProblem(one)}`) };
}

const rights = { type: 'c', fileMode: 0, uid: 0, gid: 0 };
const namedBy = 'annotations["cdi.k8s.io/x"]: a.com/gpu=0';

test('the files of VFIO of a device and of its file count, each once; numbers are those of the host, or of the description', () => {
  const found = find(
    'a.com/gpu=0,a.com/gpu=1',
    file('/etc/cdi/a.json', 0, {
      devices: [
        device(
          '0',
          { path: '/dev/vfio/12' },
          { path: '/dev/nvidia0', type: 'c', major: 195 },
          { path: '/dev/vfio/devices/vfio3', type: 'c', major: 511, minor: 3, fileMode: 0o600, gid: 9 },
        ),
        device('1', { path: '/dev/vfio/12' }, { path: '/dev/vfio/14', hostPath: '/dev/vfio/15' }),
      ],
      containerEdits: { deviceNodes: [{ path: '/dev/vfio/vfio' }, { path: '/dev/vfio/1', type: 'c' }] },
    }),
  );
  expect(found.lines).toEqual([]);
  expect(found.devices).toEqual([
    { ...rights, containerPath: '/dev/vfio/1', major: 240, minor: 1, namedBy },
    { ...rights, containerPath: '/dev/vfio/12', major: 240, minor: 12, namedBy },
    {
      ...rights,
      containerPath: '/dev/vfio/devices/vfio3',
      major: 511,
      minor: 3,
      fileMode: 0o600,
      gid: 9,
      namedBy,
    },
    { ...rights, containerPath: '/dev/vfio/14', major: 240, minor: 15, namedBy: namedBy.replace('=0', '=1') },
  ]);
});

test('of one device the later folder counts; two of the same folder are one too many', () => {
  const old = file('/etc/cdi/a.json', 0, { devices: [device('0', { path: '/dev/vfio/1' })] });
  const late = file('/var/run/cdi/a.json', 1, { devices: [device('0', { path: '/dev/vfio/2' })] });
  for (const files of [
    [old, late],
    [late, old],
  ])
    expect(find('a.com/gpu=0', ...files)).toMatchObject({ devices: [{ minor: 2 }], lines: [] });
  const twin = { ...late, path: '/var/run/cdi/b.json' };
  expect(find('a.com/gpu=0', old, late, twin)).toEqual({
    devices: [],
    lines: [
      'error config.json: annotations["cdi.k8s.io/x"] "a.com/gpu=0": must be described once, not by /var/run/cdi/a.json (devices[0]) and /var/run/cdi/b.json (devices[0])',
    ],
  });
});

test('a name that may be of something else is only said not to be found', () => {
  const { problems } = cdiDevices(
    [{ name: 'a.com/fuse=0', kind: 'a.com/fuse', device: '0', namedBy: 'x', mayBeAnother: true }],
    { folders: ['/etc/cdi'], files: () => [], characterDevice: () => undefined },
  );
  expect(problems).toMatchObject([{ severity: 'warning', code: 'cdi/no-device', value: 'a.com/fuse=0' }]);
});

test('all that is wrong is told at once', () => {
  const found = find(
    'a.com/gpu=gpu1,b.com/nic=0,a.com/gpu=block,a.com/gpu=gone,a.com/gpu=away,a.com/gpu=plain',
    file('/etc/cdi/a.json', 0, {
      devices: [
        device('gpu0', { path: '/dev/vfio/1' }),
        device('block', { path: '/dev/vfio/1', type: 'b', major: 8 }),
        device('gone', { path: '/dev/vfio/devices/vfio7' }),
        device('away', { path: '/dev/vfio/1', hostPath: '/dev/other' }),
        device('plain', { path: '/dev/nvidia0' }),
      ],
    }),
    { path: '/etc/cdi/b.yaml', rank: 0, text: { error: 'EACCES' } },
  );
  expect(found.devices).toEqual([]);
  const x = 'annotations["cdi.k8s.io/x"]';
  expect(found.lines).toEqual([
    'error /etc/cdi/b.yaml: cannot be read: EACCES',
    `error config.json: ${x} "a.com/gpu=gpu1": is no CDI device of /etc/cdi or /var/run/cdi; did you mean a.com/gpu=gpu0?`,
    `error config.json: ${x} "b.com/nic=0": is no CDI device of /etc/cdi or /var/run/cdi; have it described by a file there, .json or .yaml, as the vendor's tools write them`,
    'error /etc/cdi/a.json: devices[1].containerEdits.deviceNodes[0].type "b": must be c (device /dev/vfio/1)',
    'error /etc/cdi/a.json: devices[2].containerEdits.deviceNodes[0].path "/dev/vfio/devices/vfio7": must be a character device of this host (a.com/gpu=gone); bind the device to vfio-pci',
    'error /etc/cdi/a.json: devices[3].containerEdits.deviceNodes[0].hostPath "/dev/other": must be a character device of this host (a.com/gpu=away); bind the device to vfio-pci',
    `warning config.json: ${x} "a.com/gpu=plain": gives the machine nothing: /etc/cdi/a.json has no file of VFIO for it (/dev/vfio/N, /dev/vfio/devices/vfioN)`,
  ]);
});
