import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultRuntimeConfig } from '@hako/config';
import { type Translation, translate } from '@hako/oci-translate';
import { afterAll, expect, test } from 'vitest';
import { cdiHost } from './cdi-host.ts';
import { withNamedDevices } from './named-devices.ts';

const folder = mkdtempSync(join(tmpdir(), 'hako-named-'));
afterAll(() => rmSync(folder, { recursive: true }));
const host = cdiHost([folder]);

writeFileSync(
  join(folder, 'a.yaml'),
  `cdiVersion: 0.5.0
kind: a.com/gpu
devices:
  - {name: "0", containerEdits: {deviceNodes: [{path: /dev/vfio/12, hostPath: /dev/null}]}}
`,
);

function translation(
  annotations: Readonly<Record<string, string>>,
  coldPlugVfio: 'no-port' | 'root-port' = 'root-port',
): Translation {
  const config = defaultRuntimeConfig();
  return translate({
    specText: JSON.stringify({
      ociVersion: '1.2.0',
      process: { cwd: '/', args: ['sh'] },
      root: { path: 'r' },
      annotations,
    }),
    bundlePath: '/b',
    containerId: 'c1',
    config: { ...config, hypervisor: { ...config.hypervisor, coldPlugVfio } },
    host: { numCpus: 1 },
  });
}

const pause = { 'io.kubernetes.cri.container-type': 'sandbox' };
const member = { 'io.kubernetes.cri.container-type': 'container', 'io.kubernetes.cri.sandbox-id': 's' };

test("a pod's machine starts with the devices that its first container's annotations name", async () => {
  const before = translation({ ...pause, 'cdi.k8s.io/gpu': 'a.com/gpu=0' });
  const { sandbox, container } = await withNamedDevices(before, 'config.json', host);
  expect(sandbox.hostDevices).toEqual([
    expect.objectContaining({
      containerPath: '/dev/vfio/12',
      major: 1,
      minor: 3,
      namedBy: 'annotations["cdi.k8s.io/gpu"]: a.com/gpu=0',
    }),
  ]);
  expect(container).toEqual(before.container);
});

test('a single container gets them', async () => {
  const before = translation({ 'cdi.k8s.io/gpu': 'a.com/gpu=0' });
  const { sandbox, container } = await withNamedDevices(before, 'config.json', host);
  expect(sandbox).toEqual(before.sandbox);
  expect(container.devices).toMatchObject([{ containerPath: '/dev/vfio/12' }]);
});

test.each([
  ['no such annotation', translation(pause)],
  ['a further member of a pod', translation({ ...member, 'cdi.k8s.io/gpu': 'nobody' })],
  ['machines that start without devices', translation({ ...pause, 'cdi.k8s.io/gpu': 'nobody' }, 'no-port')],
])('with %s all stays as it was', async (_what, before) => {
  expect(await withNamedDevices(before, 'config.json', host)).toBe(before);
});

test('what nobody describes is refused, with all problems', async () => {
  const before = translation({ ...pause, 'cdi.k8s.io/gpu': 'a.com/gpu=1,/dev/vfio/12' });
  await expect(withNamedDevices(before, '/b/config.json', host)).rejects.toMatchObject({
    facts: {
      problems: [
        {
          code: 'cdi/bad-name',
          file: '/b/config.json',
          field: 'annotations["cdi.k8s.io/gpu"]',
          value: '/dev/vfio/12',
        },
        { code: 'cdi/no-device', file: '/b/config.json', value: 'a.com/gpu=1', fix: expect.any(String) },
      ],
    },
  });
});
