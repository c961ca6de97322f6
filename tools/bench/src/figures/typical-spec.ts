const hypervisor = 'io.katacontainers.config.hypervisor.';
const capabilities = [
  'CAP_CHOWN',
  'CAP_DAC_OVERRIDE',
  'CAP_FSETID',
  'CAP_FOWNER',
  'CAP_MKNOD',
  'CAP_NET_RAW',
  'CAP_SETGID',
];

/** A config.json as container engines write it, of about 2.5 KB, with 15 annotations. */
export const typicalSpec = {
  ociVersion: '1.0.2',
  process: {
    terminal: false,
    user: { uid: 0, gid: 0, additionalGids: [10] },
    args: ['sleep', '10'],
    env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'HOME=/root', 'TERM=xterm'],
    cwd: '/',
    capabilities: { bounding: capabilities, effective: capabilities, permitted: capabilities },
    rlimits: [{ type: 'RLIMIT_NOFILE', hard: 1024, soft: 1024 }],
    noNewPrivileges: true,
  },
  root: { path: 'rootfs', readonly: false },
  hostname: 'sleeper',
  mounts: [
    { destination: '/proc', type: 'proc', source: 'proc' },
    { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'strictatime', 'mode=755'] },
    {
      destination: '/dev/pts',
      type: 'devpts',
      source: 'devpts',
      options: ['nosuid', 'noexec', 'newinstance'],
    },
    {
      destination: '/dev/shm',
      type: 'tmpfs',
      source: 'shm',
      options: ['nosuid', 'noexec', 'nodev', 'size=65536k'],
    },
    { destination: '/sys', type: 'sysfs', source: 'sysfs', options: ['nosuid', 'noexec', 'nodev', 'ro'] },
  ],
  annotations: {
    [`${hypervisor}default_vcpus`]: '2',
    [`${hypervisor}default_max_vcpus`]: '4',
    [`${hypervisor}default_memory`]: '512',
    [`${hypervisor}memory_slots`]: '4',
    [`${hypervisor}kernel_params`]: 'agent.log=debug quiet',
    [`${hypervisor}machine_type`]: 'q35',
    [`${hypervisor}shared_fs`]: 'virtio-9p',
    [`${hypervisor}msize_9p`]: '8192',
    [`${hypervisor}enable_iothreads`]: 'true',
    [`${hypervisor}block_device_driver`]: 'virtio-blk',
    [`${hypervisor}disable_vhost_net`]: 'true',
    [`${hypervisor}pcie_root_port`]: '1',
    'io.katacontainers.config.agent.container_pipe_size': '4096',
    'io.katacontainers.config.agent.enable_tracing': 'false',
    'io.katacontainers.config.runtime.create_container_timeout': '30',
  },
  linux: {
    resources: { devices: [{ allow: false, access: 'rwm' }], memory: { limit: 268_435_456 } },
    namespaces: [{ type: 'pid' }, { type: 'network' }, { type: 'ipc' }, { type: 'uts' }, { type: 'mount' }],
    maskedPaths: ['/proc/kcore', '/proc/latency_stats', '/proc/timer_list', '/proc/sched_debug'],
    readonlyPaths: ['/proc/asound', '/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys'],
  },
};

/** A configuration.toml as an installation has it. */
export const typicalConfiguration = `[hypervisor.qemu]
path = "/usr/bin/qemu-system-x86_64"
kernel = "/usr/share/hako/kernel"
initrd = "/usr/share/hako/initrd.img"
default_memory = 512
shared_fs = "virtio-fs"
virtio_fs_daemon = "/usr/lib/qemu/virtiofsd"

[agent.kata]
dial_timeout = 60
`;
