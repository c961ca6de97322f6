import type { ContainerConfig } from '@hako/oci-translate';
import { expect, test } from 'vitest';
import { pidTarget } from './pid-target.ts';

const containers = [
  { config: { id: 'pod' }, pid: 10 },
  { config: { id: 'app' }, pid: 11 },
  { config: { id: 'side' }, pid: 12 },
];
const own = new Map([10, 11, 12].map((pid) => [`/proc/${pid}/ns/pid`, `4:${pid}`]));

function targetOf(
  path: string | undefined,
  identities: ReadonlyMap<string, string> = own,
  type: ContainerConfig['type'] = 'pod_container',
) {
  const namespace = { type: 'pid' as const, ...(path === undefined ? {} : { path }) };
  const spec = {
    ociVersion: '1.0.2',
    linux: { namespaces: [{ type: 'ipc' as const, path: '/x' }, namespace] },
  };
  return pidTarget({ type, sandboxId: 'pod', spec }, containers, (each) => identities.get(each));
}

test('the namespace of a member’s stand-in is that member’s, by whatever path', () => {
  expect(targetOf('/proc/11/ns/pid')).toBe('app');
  expect(targetOf('/run/bound', new Map([...own, ['/run/bound', '4:12']]))).toBe('side');
});

test('any other is the pod’s', () => {
  expect(targetOf('/proc/10/ns/pid')).toBeUndefined();
  expect(targetOf('/proc/1/ns/pid', new Map([...own, ['/proc/1/ns/pid', '4:1']]))).toBeUndefined();
  expect(targetOf('/nowhere')).toBeUndefined();
  expect(targetOf(undefined)).toBeUndefined();
  expect(targetOf('')).toBeUndefined();
});

test('stand-ins that share one namespace name nobody', () => {
  const shared = new Map([...own.keys()].map((path) => [path, '4:1']));
  expect(targetOf('/proc/11/ns/pid', shared)).toBeUndefined();
});

test('only members of a pod have a target', () => {
  expect(targetOf('/proc/11/ns/pid', own, 'single_container')).toBeUndefined();
});

test('identities are read from /proc', () => {
  const spec = {
    ociVersion: '1.0.2',
    linux: { namespaces: [{ type: 'pid' as const, path: '/proc/self/ns/pid' }] },
  };
  const self = [{ config: { id: 'app' }, pid: process.pid }];
  expect(pidTarget({ type: 'pod_container', sandboxId: 'pod', spec }, self)).toBe('app');
});
