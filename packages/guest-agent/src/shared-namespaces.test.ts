import { expect, test } from 'vitest';
import { joinsPids, withSharedNamespaces } from './shared-namespaces.ts';

const spec = {
  linux: { namespaces: [{ type: 'ipc' }, { type: 'mount' }, { type: 'uts' }, { type: 'pid' }] },
};
const founder = {
  founderPid: 7,
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

test('the processes of another container are shared, rather than the sandbox’s', () => {
  const targeted = { ...founder, sandboxPidns: true, targetPid: 8 };
  expect(withSharedNamespaces(spec, targeted).linux.namespaces.slice(-1)).toEqual([
    { type: 'pid', path: '/proc/8/ns/pid' },
  ]);
});

test('what a container has for itself is not shared', () => {
  const own = new Set(['ipc', 'uts']);
  expect(withSharedNamespaces(spec, { ...founder, own })).toEqual(spec);
});

test('a container without a pid namespace gets one', () => {
  const asked = withSharedNamespaces({}, founder);
  expect(asked).toEqual({ linux: { namespaces: [{ type: 'pid' }] } });
  expect(joinsPids(asked)).toBe(false);
  expect(joinsPids(withSharedNamespaces({}, { ...founder, sandboxPidns: true }))).toBe(true);
});
