import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultRuntimeConfig } from '@hako/config';
import { FakeKubelet, GetPodResourcesResponse } from '@hako/kubelet/testing';
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
  podResourceApiSock = '',
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
    config: {
      ...config,
      hypervisor: { ...config.hypervisor, coldPlugVfio },
      runtime: { ...config.runtime, podResourceApiSock },
    },
    host: { numCpus: 1 },
  });
}

const pause = { 'io.kubernetes.cri.container-type': 'sandbox' };
const member = { 'io.kubernetes.cri.container-type': 'container', 'io.kubernetes.cri.sandbox-id': 's' };

test("a pod's machine starts with the devices that its first container's annotations name", async () => {
  const before = translation({ ...pause, 'cdi.k8s.io/gpu': 'a.com/gpu=0' });
  const { sandbox, container } = await withNamedDevices(before, { specFile: 'config.json', host });
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
  const { sandbox, container } = await withNamedDevices(before, { specFile: 'config.json', host });
  expect(sandbox).toEqual(before.sandbox);
  expect(container.devices).toMatchObject([{ containerPath: '/dev/vfio/12' }]);
});

test.each([
  ['no such annotation', translation(pause)],
  ['a further member of a pod', translation({ ...member, 'cdi.k8s.io/gpu': 'nobody' })],
  ['machines that start without devices', translation({ ...pause, 'cdi.k8s.io/gpu': 'nobody' }, 'no-port')],
])('with %s all stays as it was', async (_what, before) => {
  expect(await withNamedDevices(before, { specFile: 'config.json', host })).toBe(before);
});

test('what nobody describes is refused, with all problems', async () => {
  const before = translation({ ...pause, 'cdi.k8s.io/gpu': 'a.com/gpu=1,/dev/vfio/12' });
  await expect(withNamedDevices(before, { specFile: '/b/config.json', host })).rejects.toMatchObject({
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

const web = {
  ...pause,
  'io.kubernetes.cri.sandbox-name': 'web',
  'io.kubernetes.cri.sandbox-namespace': 'prod',
};
const socket = join(folder, 'kubelet.sock');

test('the kubelet names the devices of a pod, and what is none of CDI is told', async () => {
  const asked: object[] = [];
  const devices = [
    { resourceName: 'a.com/gpu', deviceIds: ['0'] },
    { resourceName: 'b.com/fuse', deviceIds: ['7'] },
    { resourceName: 'plain', deviceIds: ['1'] },
  ];
  const kubelet = await FakeKubelet.serve(socket, {
    get: (pod) => {
      asked.push(pod);
      return GetPodResourcesResponse.encode({
        podResources: { name: 'web', namespace: 'prod', containers: [{ name: 'app', devices }] },
      });
    },
  });
  try {
    const before = translation({ ...web, 'cdi.k8s.io/x': 'a.com/gpu=9' }, 'root-port', socket);
    const { sandbox, warnings } = await withNamedDevices(before, { specFile: 'config.json', host });
    expect(asked).toEqual([{ podName: 'web', podNamespace: 'prod' }]);
    expect(sandbox.hostDevices).toMatchObject([
      { containerPath: '/dev/vfio/12', namedBy: 'the kubelet (container app): a.com/gpu=0' },
    ]);
    expect(warnings.map(({ code, field, value }) => [code, field, value])).toEqual([
      ['cdi/bad-name', 'the kubelet (container app)', 'plain=1'],
      ['cdi/overruled', 'runtime.pod_resource_api_sock', socket],
      ['cdi/no-device', 'the kubelet (container app)', 'b.com/fuse=7'],
    ]);
    // A single container is none of its pods.
    const single = translation({ 'cdi.k8s.io/x': 'a.com/gpu=0' }, 'root-port', socket);
    expect((await withNamedDevices(single, { specFile: 'c', host })).container.devices).toHaveLength(1);
    // A pod without a name cannot be asked for, and explain asks for none.
    const nameless = translation(pause, 'root-port', socket);
    await expect(withNamedDevices(nameless, { specFile: 'c', host })).rejects.toThrow(
      'annotations of its first container do not name the pod',
    );
    const told = await withNamedDevices(nameless, { specFile: 'c', host, askKubelet: false });
    expect(told.warnings).toMatchObject([{ code: 'cdi/asked-later' }]);
    expect(asked).toHaveLength(1);
  } finally {
    kubelet.end();
  }
});

test('a kubelet that knows no such pod refuses the pod', async () => {
  const kubelet = await FakeKubelet.serve(socket, { get: () => new Uint8Array() });
  try {
    await expect(
      withNamedDevices(translation(web, 'root-port', socket), { specFile: 'c', host }),
    ).rejects.toMatchObject({
      facts: {
        problems: [
          {
            code: 'cdi/kubelet-unknown-pod',
            field: 'runtime.pod_resource_api_sock',
            rule: `the kubelet at ${socket} has no pod web in namespace prod`,
          },
        ],
      },
    });
  } finally {
    kubelet.end();
  }
});

test('where no kubelet is, annotations count', async () => {
  const before = translation({ ...web, 'cdi.k8s.io/x': 'a.com/gpu=0' }, 'root-port', join(folder, 'none'));
  const { sandbox, warnings } = await withNamedDevices(before, { specFile: 'c', host });
  expect(sandbox.hostDevices).toHaveLength(1);
  expect(warnings).toMatchObject([{ code: 'cdi/no-socket' }]);
});
