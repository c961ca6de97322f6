const NAMESPACES = ['pid', 'network', 'ipc', 'uts', 'mount', 'cgroup'].map((type) => ({ type }));
const CAPABILITIES = ['CAP_AUDIT_WRITE', 'CAP_KILL', 'CAP_NET_BIND_SERVICE', 'CAP_SYS_CHROOT'];

/** Options of a tmpfs each, and how the kernel shows them in /proc/mounts; the last column of nothing to see. */
export const TMPFS_OPTIONS: readonly (readonly [option: string, shown: string | undefined])[] = [
  ['async', undefined],
  ['atime', undefined],
  ['defaults', undefined],
  ['dev', undefined],
  ['diratime', undefined],
  ['dirsync', 'dirsync'],
  ['exec', undefined],
  ['iversion', undefined],
  ['lazytime', 'lazytime'],
  ['loud', undefined],
  ['noatime', 'noatime'],
  ['nodev', 'nodev'],
  ['nodiratime', 'nodiratime'],
  ['noexec', 'noexec'],
  ['noiversion', undefined],
  ['nolazytime', undefined],
  ['norelatime', undefined],
  ['nostrictatime', undefined],
  ['nosuid', 'nosuid'],
  ['relatime', 'relatime'],
  ['ro', 'ro'],
  ['rw', 'rw'],
  ['silent', undefined],
  ['strictatime', undefined],
  ['suid', undefined],
  ['symfollow', undefined],
  ['sync', 'sync'],
  ['size=4096k', 'size=4096k'],
];

/** Options that count for a bind of the host's tree and for what is mounted below it, and how they are shown. */
export const RECURSIVE_OPTIONS: readonly (readonly [option: string, shown: string | undefined])[] = [
  ['ratime', undefined],
  ['rdev', undefined],
  ['rdiratime', undefined],
  ['rexec', undefined],
  ['rnoatime', 'noatime'],
  ['rnodev', 'nodev'],
  ['rnodiratime', 'nodiratime'],
  ['rnoexec', 'noexec'],
  ['rnorelatime', undefined],
  ['rnostrictatime', undefined],
  ['rnosuid', 'nosuid'],
  ['rrelatime', 'relatime'],
  ['rro', 'ro'],
  ['rrw', 'rw'],
  ['rstrictatime', undefined],
  ['rsuid', undefined],
  ['rsymfollow', undefined],
];

/** Propagations, and the optional field of /proc/PID/mountinfo that tells of each. */
export const PROPAGATIONS: readonly (readonly [option: string, shown: string | undefined])[] = [
  ['private', undefined],
  ['rprivate', undefined],
  ['shared', 'shared:'],
  ['rshared', 'shared:'],
  ['slave', undefined],
  ['rslave', undefined],
  ['unbindable', 'unbindable'],
  ['runbindable', 'unbindable'],
];

/** What the box's config.json holds beyond the plain one; `tree` is a folder of the host. */
export function boxConfig(tree: string): Readonly<Record<string, unknown>> {
  return {
    ociVersion: '1.2.0',
    annotations: {
      'com.example.note': 'kept',
      'com.example.empty': '',
      'org.opencontainers.image.os': 'linux',
    },
    unknownMember: { passed: 'over' },
    domainname: 'example.org',
    process: {
      terminal: false,
      consoleSize: { height: 11, width: 22 },
      user: { uid: 0, gid: 0, umask: 0o27, additionalGids: [5, 6] },
      args: ['sh', '-c', 'echo ran > /srv/ran; exec sleep 1000'],
      env: ['PATH=/usr/sbin:/usr/bin:/sbin:/bin', 'GREETING=a=b c'],
      cwd: '/etc',
      capabilities: {
        bounding: CAPABILITIES,
        effective: CAPABILITIES,
        permitted: CAPABILITIES,
        inheritable: ['CAP_KILL', 'CAP_NET_BIND_SERVICE'],
        ambient: ['CAP_NET_BIND_SERVICE'],
      },
      rlimits: [
        { type: 'RLIMIT_NOFILE', soft: 111, hard: 222 },
        { type: 'RLIMIT_CORE', soft: 4096, hard: 8192 },
      ],
      oomScoreAdj: 100,
      noNewPrivileges: true,
    },
    mounts: [
      { destination: '/proc', type: 'proc', source: 'proc' },
      { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'mode=755', 'size=65536k'] },
      {
        destination: '/dev/pts',
        type: 'devpts',
        source: 'devpts',
        options: ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620'],
      },
      { destination: '/dev/shm', type: 'tmpfs', source: 'shm', options: ['mode=1777', 'size=65536k'] },
      { destination: '/sys', type: 'sysfs', source: 'sysfs', options: ['nosuid', 'noexec', 'nodev', 'ro'] },
      { destination: '/sys/fs/cgroup', type: 'cgroup', source: 'cgroup', options: ['ro'] },
      // In the order of the list: what comes later lies above.
      { destination: '/mnt', type: 'tmpfs', source: 'hidden' },
      { destination: '/mnt', type: 'tmpfs', source: 'above' },
      { destination: 'tmp', type: 'tmpfs', source: 'relative' },
      { destination: '/srv', type: 'tmpfs', source: 'srv' },
      { destination: '/srv/beside', type: 'bind', source: 'beside', options: ['bind'] },
      { destination: '/mnt/one-file', type: 'bind', source: `${tree}/file`, options: ['bind', 'ro'] },
      { destination: '/mnt/tree', type: 'none', source: tree, options: ['rbind'] },
      { destination: '/mnt/tree-ro', type: 'bind', source: tree, options: ['rbind', 'ro'] },
      ...TMPFS_OPTIONS.map(([option]) => ({
        destination: `/mnt/${option}`,
        type: 'tmpfs',
        source: option,
        options: [option],
      })),
      ...[...RECURSIVE_OPTIONS, ...PROPAGATIONS].map(([option]) => ({
        destination: `/mnt/${option}`,
        type: 'bind',
        source: tree,
        options: ['rbind', option],
      })),
    ],
    linux: {
      namespaces: NAMESPACES,
      devices: [
        { path: '/dev/fuse', type: 'c', major: 10, minor: 229, fileMode: 0o640, uid: 1, gid: 2 },
        { path: '/srv/also-fuse', type: 'c', major: 10, minor: 229, fileMode: 0o666 },
        { path: '/dev/pipe', type: 'p', fileMode: 0o600 },
      ],
      sysctl: { 'net.ipv4.ip_unprivileged_port_start': '80', 'kernel.msgmax': '9000' },
      resources: {
        devices: [
          { allow: false, access: 'rwm' },
          { allow: true, type: 'c', major: 10, minor: 229, access: 'r' },
        ],
        memory: {
          limit: 67_108_864,
          reservation: 33_554_432,
          swap: 100_663_296,
          kernel: -1,
          kernelTCP: -1,
          disableOOMKiller: false,
        },
        hugepageLimits: [{ pageSize: '2MB', limit: 4194304 }],
        cpu: { shares: 512, quota: 50_000, period: 100_000, burst: 10_000, cpus: '0', mems: '0', idle: 0 },
        pids: { limit: 77 },
        unified: { 'memory.high': '50003968' },
      },
      seccomp: {
        defaultAction: 'SCMP_ACT_ALLOW',
        architectures: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86'],
        syscalls: [
          { names: ['swapon', 'swapoff'], action: 'SCMP_ACT_ERRNO' },
          { names: ['sync'], action: 'SCMP_ACT_ERRNO', errnoRet: 38 },
          {
            names: ['kill'],
            action: 'SCMP_ACT_ERRNO',
            args: [{ index: 1, value: 10, op: 'SCMP_CMP_EQ' }],
          },
        ],
      },
      maskedPaths: ['/proc/kcore', '/sys/firmware', '/no/such/path'],
      readonlyPaths: ['/proc/sys', '/proc/sysrq-trigger'],
    },
  };
}

/** What is left out, warned of or replaced by the guest's counterpart; all in one container that runs `script`. */
export function oddConfig(script: string): Readonly<Record<string, unknown>> {
  return {
    process: {
      args: ['sh', '-c', script],
      env: ['PATH=/bin'],
      cwd: '/',
      apparmorProfile: 'no-such-profile',
      selinuxLabel: 'a:b:c:d',
      capabilities: { bounding: ['CAP_KILL', 'CAP_OF_NOBODY'] },
    },
    mounts: [
      { destination: '/proc', type: 'proc', source: 'proc' },
      { destination: '/mnt', type: 'tmpfs', source: 'tmpfs' },
      { destination: '/mnt', type: 'tmpfs', source: 'tmpfs', options: ['remount', 'ro', 'nodev'] },
    ],
    linux: {
      // No mount namespace of its own is asked for, and those of the host are named.
      namespaces: [
        { type: 'uts', path: '/proc/self/ns/uts' },
        { type: 'ipc', path: '/proc/self/ns/ipc' },
      ],
      mountLabel: 'a:b:c:d',
      personality: { domain: 'LINUX32' },
      resources: { blockIO: { weight: 10 } },
    },
  };
}
