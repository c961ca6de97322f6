import type { Process, Spec } from '@hako/oci-spec';
import { expect, test } from 'vitest';
import { cannotApply, cannotApplyToProcess } from './cannot-apply.ts';

const process = { cwd: '/', args: ['sh'] };
const fields = (spec: Omit<Spec, 'ociVersion'>) =>
  cannotApply({ ociVersion: '1.2.0', process, ...spec }).map(
    ({ field, value }) => field + (value === undefined ? '' : ` ${value}`),
  );

test('a plain spec, and members that ask for nothing, have no problems', () => {
  expect(
    fields({
      mounts: [{ destination: '/proc', type: 'proc', options: ['ro', 'rslave'] }],
      linux: {
        namespaces: [{ type: 'pid' }, { type: 'network', path: '/run/netns/x' }, { type: 'uts', path: '' }],
        netDevices: {},
        timeOffsets: {},
        resources: { network: {}, blockIO: {}, rdma: {}, cpu: { realtimePeriod: 0, realtimeRuntime: -1n } },
        seccomp: {
          defaultAction: 'SCMP_ACT_ERRNO',
          defaultErrnoRet: 1,
          listenerPath: '/ignored',
          syscalls: [{ names: ['sync'], action: 'SCMP_ACT_TRACE', errnoRet: 1 }],
        },
      },
    }),
  ).toEqual([]);
});

test('what the specification forbids is named too', () => {
  expect(
    fields({
      annotations: { '': 'x' },
      linux: {
        maskedPaths: ['/proc/kcore', 'proc/keys'],
        readonlyPaths: ['sys'],
        rootfsPropagation: 'rprivat',
        personality: { domain: 'LINUX', flags: ['ADDR_NO_RANDOMIZE'] },
        seccomp: { defaultAction: 'SCMP_ACT_ALLOW', listenerMetadata: 'x' },
      },
    }),
  ).toEqual([
    'annotations ',
    'linux.maskedPaths[1] proc/keys',
    'linux.readonlyPaths[0] sys',
    'linux.rootfsPropagation rprivat',
    'linux.personality.flags[0] ADDR_NO_RANDOMIZE',
    'linux.seccomp.listenerMetadata',
  ]);
});

test('what cannot be done is named, all at once', () => {
  expect(
    fields({
      mounts: [
        { destination: '/a', options: ['idmap', 'ro', 'nosymfollow'], uidMappings: [], gidMappings: [] },
      ],
      linux: {
        namespaces: [{ type: 'pid' }, { type: 'time' }, { type: 'pid' }, { type: 'uts', path: 'here' }],
        timeOffsets: { monotonic: { secs: 1 } },
        netDevices: { eth0: {} },
        memoryPolicy: { mode: 'MPOL_LOCAL' },
        intelRdt: {},
        resources: {
          cpu: { realtimeRuntime: 1, realtimePeriod: 1n },
          network: { classID: 1 },
          rdma: { a: {} },
          blockIO: { weight: 1 },
        },
        seccomp: {
          defaultAction: 'SCMP_ACT_KILL',
          defaultErrnoRet: 1,
          listenerPath: '/run/x',
          syscalls: [
            { names: [], action: 'SCMP_ACT_NOTIFY' },
            { names: ['sync'], action: 'SCMP_ACT_LOG', errnoRet: 2 },
          ],
        },
      },
    }),
  ).toEqual([
    'mounts[0].options idmap',
    'mounts[0].options nosymfollow',
    'mounts[0].uidMappings',
    'mounts[0].gidMappings',
    'linux.namespaces[1].type time',
    'linux.namespaces[2].type pid',
    'linux.namespaces[3].path here',
    'linux.timeOffsets',
    'linux.netDevices',
    'linux.memoryPolicy',
    'linux.intelRdt',
    'linux.resources.cpu.realtimeRuntime',
    'linux.resources.cpu.realtimePeriod',
    'linux.resources.network',
    'linux.resources.rdma',
    'linux.resources.blockIO',
    'linux.seccomp.listenerPath /run/x',
    'linux.seccomp.defaultErrnoRet 1',
    'linux.seccomp.syscalls[0].names []',
    'linux.seccomp.syscalls[1].errnoRet 2',
  ]);
});

test('of a process: what runs, limits, scheduling; capabilities that nobody has are a warning', () => {
  const odd: Process = {
    cwd: '/',
    args: [],
    rlimits: [
      { type: 'RLIMIT_CORE', soft: 1, hard: 1 },
      { type: 'RLIMIT_NONE', soft: 1, hard: 1 },
      { type: 'RLIMIT_CORE', soft: 2, hard: 2 },
    ],
    scheduler: { policy: 'SCHED_BATCH' },
    ioPriority: { class: 'IOPRIO_CLASS_IDLE' },
    execCPUAffinity: {},
    capabilities: { bounding: ['CAP_KILL', 'CAP_X'], ambient: ['CAP_X'] },
  };
  expect(cannotApplyToProcess(odd).map(({ severity, field }) => `${severity} ${field}`)).toEqual([
    'error args',
    'error scheduler',
    'error ioPriority',
    'error execCPUAffinity',
    'error rlimits[1].type',
    'error rlimits[2].type',
    'warning capabilities',
  ]);
});
