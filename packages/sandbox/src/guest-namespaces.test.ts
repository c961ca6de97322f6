import type { Linux } from '@hako/oci-spec';
import type { ContainerConfig } from '@hako/oci-translate';
import { expect, test } from 'vitest';
import { guestNamespaces } from './guest-namespaces.ts';

type LinuxNamespace = NonNullable<Linux['namespaces']>[number];

const of = (type: ContainerConfig['type'], namespaces: LinuxNamespace[]) =>
  guestNamespaces({ type, spec: { ociVersion: '1.0.2', linux: { namespaces } } });

const joined = ['network', 'ipc', 'uts', 'pid'].map((type) => ({ type, path: `/proc/7/ns/${type}` }));

test('a member of a pod joins the pod’s namespaces', () => {
  expect(of('pod_container', [...joined, { type: 'mount' }])).toEqual({
    namespaces: [{ type: 'ipc' }, { type: 'uts' }, { type: 'pid' }, { type: 'cgroup' }, { type: 'mount' }],
    sandboxPidns: true,
    own: [],
  });
});

test('or has its own', () => {
  expect(of('pod_container', [{ type: 'ipc' }, { type: 'uts', path: '/p' }, { type: 'pid' }])).toMatchObject({
    sandboxPidns: false,
    own: ['ipc'],
  });
});

test('a container that is its own sandbox has its own in any case', () => {
  expect(of('single_container', joined)).toMatchObject({ sandboxPidns: false, own: [] });
  expect(of('pod_sandbox', [{ type: 'ipc' }])).toMatchObject({ sandboxPidns: false, own: [] });
});
