import { expect, test } from 'vitest';
import {
  lostMembers,
  lostMembersFromText,
  lostMembersOfProcess,
  lostMembersOfResources,
  lostMembersToText,
  processFromProto,
  processToProto,
  resourcesFromProto,
  resourcesToProto,
  specFromProto,
  specToProto,
  withLostMembers,
} from './index.ts';

test('with its lost members a spec comes out of the guest as it went in', () => {
  const spec = {
    ociVersion: '1.2.0',
    domainname: 'x',
    process: {
      cwd: '/',
      user: { uid: 0, gid: 0, umask: 18 },
      oomScoreAdj: 0,
      scheduler: { policy: 'SCHED_DEADLINE', runtime: 18_446_744_073_709_551_615n },
    },
    mounts: [
      { destination: '/a' },
      { destination: '/b', uidMappings: [{ hostID: 1, containerID: 2, size: 3 }] },
    ],
    linux: {
      timeOffsets: { boottime: { secs: 1 } },
      resources: { memory: { swappiness: 0 }, cpu: { burst: 5 }, unified: { 'memory.high': 'max' } },
      seccomp: { defaultAction: 'SCMP_ACT_ERRNO', defaultErrnoRet: 38 },
    },
  };
  const text = lostMembersToText(lostMembers(spec));
  expect(withLostMembers(specFromProto(specToProto(spec)), lostMembersFromText(text))).toEqual(spec);
});

test('a process and resources alone', () => {
  const process = { cwd: '/', user: { uid: 5, gid: 0, umask: 63 }, oomScoreAdj: 0 };
  expect(withLostMembers(processFromProto(processToProto(process)), lostMembersOfProcess(process))).toEqual(
    process,
  );
  const resources = { unified: { 'memory.high': '1' } };
  expect(
    withLostMembers(resourcesFromProto(resourcesToProto(resources)), lostMembersOfResources(resources)),
  ).toEqual(resources);
});

test.each([
  ['{}', 'not a list'],
  ['[{"path":[],"value":1}]', 'not a list'],
  ['[{"path":["__proto__","x"],"value":1}]', 'not a list'],
  ['[{"path":[-1],"value":1}]', 'not a list'],
  [`"${'x'.repeat(1 << 20)}"`, 'longer than'],
  ['[', 'JSON'],
])('%.40s is refused', (text, said) => {
  expect(() => lostMembersFromText(text)).toThrow(said);
});

test('a path that leads nowhere is refused', () => {
  const member = { path: ['mounts', 3, 'x'], value: 1 };
  expect(() => withLostMembers({ mounts: [{}] }, [member])).toThrow('mounts[3].x');
  expect(() => withLostMembers({ mounts: 7 }, [{ path: ['mounts', 'x'], value: 1 }])).toThrow('mounts.x');
});
