import { expect, test } from 'vitest';
import { namespaceTypes, withSharedNamespaces } from './shared-namespaces.ts';

const spec = {
  linux: { namespaces: [{ type: 'ipc' }, { type: 'mount' }, { type: 'uts' }, { type: 'pid' }] },
};
const founder = {
  founderPid: 7,
  founderTypes: new Set(['ipc', 'uts', 'pid']),
  sandboxPidns: false,
  own: new Set<string>(),
};

test('the first container makes what the others join', () => {
  expect(withSharedNamespaces(spec, { ...founder, founderPid: undefined })).toEqual(spec);
});

test('ipc and uts are the sandbox’s, pids only when asked for', () => {
  expect(withSharedNamespaces(spec, founder).linux.namespaces).toEqual([
    { type: 'ipc', path: '/proc/7/ns/ipc' },
    { type: 'mount' },
    { type: 'uts', path: '/proc/7/ns/uts' },
    { type: 'pid' },
  ]);
  expect(withSharedNamespaces(spec, { ...founder, sandboxPidns: true }).linux.namespaces).toContainEqual({
    type: 'pid',
    path: '/proc/7/ns/pid',
  });
});

test('what a container has for itself, or the first one does not have, is not shared', () => {
  const own = new Set(['ipc']);
  const { namespaces } = withSharedNamespaces(spec, {
    ...founder,
    own,
    founderTypes: new Set(['ipc']),
  }).linux;
  expect(namespaces).toEqual(spec.linux.namespaces);
});

test('a container without a pid namespace gets one', () => {
  expect([...namespaceTypes(withSharedNamespaces({}, founder))]).toEqual(['pid']);
});
