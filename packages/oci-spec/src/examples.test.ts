import { expect, test } from 'vitest';
import { parseFeatures, parseSpec } from './parse-spec.ts';
import type { Spec } from './spec.ts';

// A config.json with every member that the specification has for Linux and VMs, in our own values.
const everything: Spec = {
  ociVersion: '1.2.0',
  process: {
    terminal: true,
    consoleSize: { height: 25, width: 80 },
    user: { uid: 1, gid: 2, umask: 63, additionalGids: [5, 6] },
    args: ['sh', '-c', 'true'],
    env: ['PATH=/bin', 'A=b=c'],
    cwd: '/',
    capabilities: {
      bounding: ['CAP_KILL'],
      effective: [],
      permitted: ['CAP_KILL'],
      inheritable: [],
      ambient: [],
    },
    rlimits: [{ type: 'RLIMIT_CORE', hard: 18_446_744_073_709_551_615n, soft: 0 }],
    apparmorProfile: 'profile',
    selinuxLabel: 'system_u:system_r:svirt_t:s0',
    noNewPrivileges: true,
    oomScoreAdj: -999,
    scheduler: {
      policy: 'SCHED_DEADLINE',
      flags: ['SCHED_FLAG_RESET_ON_FORK'],
      runtime: 1,
      deadline: 2,
      period: 3,
      nice: 1,
      priority: 4,
    },
    ioPriority: { class: 'IOPRIO_CLASS_IDLE', priority: 4 },
    execCPUAffinity: { initial: '7', final: '0-3,7' },
  },
  root: { path: 'rootfs', readonly: true },
  hostname: 'box',
  domainname: 'example.org',
  mounts: [
    { destination: '/proc', type: 'proc', source: 'proc' },
    {
      destination: '/data',
      source: '/srv',
      options: ['rbind', 'idmap'],
      uidMappings: [{ containerID: 0, hostID: 100_000, size: 65_536 }],
      gidMappings: [{ containerID: 0, hostID: 100_000, size: 65_536 }],
    },
  ],
  hooks: {
    prestart: [{ path: '/bin/a', args: ['a', 'b'], env: ['X=y'], timeout: 30 }],
    createRuntime: [{ path: '/bin/b' }],
    createContainer: [],
    startContainer: [],
    poststart: [],
    poststop: [],
  },
  annotations: { 'org.example.key': 'value', empty: '' },
  linux: {
    namespaces: [{ type: 'pid', path: '/proc/1/ns/pid' }, { type: 'time' }],
    uidMappings: [{ containerID: 0, hostID: 1000, size: 32_000 }],
    gidMappings: [{ containerID: 0, hostID: 1000, size: 32_000 }],
    timeOffsets: { monotonic: { secs: -3600, nanosecs: 0 } },
    devices: [{ path: '/dev/fuse', type: 'c', major: 10, minor: 229, fileMode: 438, uid: 0, gid: 0 }],
    netDevices: { eth0: { name: 'net0' }, eth1: {} },
    cgroupsPath: '/pods/a',
    resources: {
      devices: [
        { allow: false, access: 'rwm' },
        { allow: true, type: 'c', major: 10, minor: -1, access: 'rw' },
      ],
      memory: {
        limit: -1,
        reservation: 1,
        swap: -1,
        kernel: -1,
        kernelTCP: -1,
        swappiness: 60,
        disableOOMKiller: false,
        useHierarchy: true,
        checkBeforeUpdate: true,
      },
      cpu: {
        shares: 1024,
        quota: -1,
        burst: 1,
        period: 100_000,
        realtimeRuntime: 1,
        realtimePeriod: 2,
        cpus: '0-3',
        mems: '0',
        idle: 1,
      },
      pids: { limit: -1 },
      blockIO: {
        weight: 10,
        leafWeight: 10,
        weightDevice: [{ major: 8, minor: 0, weight: 500, leafWeight: 300 }],
        throttleReadBpsDevice: [{ major: 8, minor: 0, rate: 600 }],
        throttleWriteBpsDevice: [],
        throttleReadIOPSDevice: [],
        throttleWriteIOPSDevice: [{ major: 8, minor: 16, rate: 18_446_744_073_709_551_615n }],
      },
      hugepageLimits: [{ pageSize: '2MB', limit: 9_223_372_036_854_772_000n }],
      network: { classID: 1_048_577, priorities: [{ name: 'eth0', priority: 500 }] },
      rdma: { mlx5_1: { hcaHandles: 3, hcaObjects: 10_000 }, other: {} },
      unified: { 'memory.high': '1073741824' },
    },
    intelRdt: {
      closID: 'guaranteed',
      schemata: ['MB:0=70'],
      l3CacheSchema: 'L3:0=7',
      memBwSchema: 'MB:0=20',
      enableMonitoring: true,
    },
    sysctl: { 'net.ipv4.ip_forward': '1' },
    seccomp: {
      defaultAction: 'SCMP_ACT_ERRNO',
      defaultErrnoRet: 1,
      architectures: ['SCMP_ARCH_X86_64'],
      flags: ['SECCOMP_FILTER_FLAG_LOG'],
      listenerPath: '/run/seccomp.sock',
      listenerMetadata: 'x',
      syscalls: [
        {
          names: ['personality'],
          action: 'SCMP_ACT_ALLOW',
          errnoRet: 1,
          args: [{ index: 0, value: 4_294_967_295, valueTwo: 0, op: 'SCMP_CMP_EQ' }],
        },
      ],
    },
    rootfsPropagation: 'slave',
    maskedPaths: ['/proc/kcore'],
    readonlyPaths: ['/proc/sys'],
    mountLabel: 'system_u:object_r:svirt_file_t:s0',
    personality: { domain: 'LINUX', flags: [] },
  },
  vm: {
    hypervisor: { path: '/usr/bin/vmm', parameters: ['opts1=foo', 'opts2=bar'] },
    kernel: { path: '/boot/vmlinuz', parameters: ['foo=bar'], initrd: '/boot/initrd.img' },
    image: { path: '/srv/rootfs.img', format: 'raw' },
    hwConfig: { deviceTree: '/srv/vm.dtb', vcpus: 2, memory: 4_294_967_296, dtdevs: ['/soc/x'] },
  },
};

test('every member of the specification is known, and comes back as it was', () => {
  expect(parseSpec(everything)).toEqual(everything);
});

test('every member of the features is known', () => {
  const features = {
    ociVersionMin: '1.0.0',
    ociVersionMax: '1.2.0',
    hooks: ['prestart'],
    mountOptions: ['bind'],
    linux: {
      namespaces: ['pid'],
      capabilities: ['CAP_KILL'],
      cgroup: { v1: false, v2: true, systemd: true, systemdUser: true, rdma: true },
      seccomp: {
        enabled: true,
        actions: ['SCMP_ACT_ALLOW'],
        operators: ['SCMP_CMP_EQ'],
        archs: ['SCMP_ARCH_X86_64'],
        knownFlags: ['SECCOMP_FILTER_FLAG_LOG'],
        supportedFlags: [],
      },
      apparmor: { enabled: true },
      selinux: { enabled: false },
      intelRdt: { enabled: true, schemata: true, monitoring: true },
      mountExtensions: { idmap: { enabled: true } },
      netDevices: { enabled: true },
    },
    annotations: { 'org.example': 'x' },
    potentiallyUnsafeConfigAnnotations: ['com.example.'],
  };
  expect(parseFeatures(features)).toEqual(features);
});

test('examples of the specification claim versions before 1.0', () => {
  const text = JSON.stringify({ ociVersion: '0.5.0-dev', root: { path: 'rootfs' } });
  expect(() => parseSpec(text)).toThrow('ociVersion "0.5.0-dev": must be a version 1.x.y');
  expect(parseSpec(text, { anyVersion: true }).root?.path).toBe('rootfs');
});

test.each([
  [
    { linux: { resources: { hugepageLimits: [{ pageSize: '64kB', limit: 1 }] } } },
    'must be a size such as 2MB or 1GB',
  ],
  [{ linux: { netDevices: { eth0: 'x' } } }, 'linux.netDevices.eth0 "x": must be an object, not a string'],
  [
    { linux: { resources: { rdma: { a: { hcaHandles: -1 } } } } },
    'linux.resources.rdma.a.hcaHandles "-1": must be at least 0',
  ],
  [{ vm: {} }, 'vm.kernel: is required'],
  [{ vm: { kernel: { path: 'boot/vmlinuz' } } }, 'vm.kernel.path "boot/vmlinuz": must be an absolute path'],
])('%j is refused: %s', (part, message) => {
  expect(() => parseSpec({ ociVersion: '1.2.0', ...part })).toThrow(message);
});
