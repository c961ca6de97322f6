import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface BundleOptions {
  /** Root file system: an absolute path, so that many bundles share one. */
  readonly rootfs: string;
  readonly args: readonly string[];
  readonly env?: readonly string[];
  readonly hostname?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Default true. */
  readonly readonlyRootfs?: boolean;
  /** Fields that replace those of the plain configuration, at the top level. */
  readonly extra?: Readonly<Record<string, unknown>>;
}

/** Writes `folder`/config.json: what `spec` commands of OCI runtimes write, without a terminal. Returns `folder`. */
export function writeBundle(folder: string, options: BundleOptions): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'config.json'), JSON.stringify(plainSpec(options), null, 2));
  return folder;
}

const capabilities = ['CAP_AUDIT_WRITE', 'CAP_KILL', 'CAP_NET_BIND_SERVICE'];

function plainSpec(options: BundleOptions): object {
  return {
    ociVersion: '1.0.2',
    process: {
      terminal: false,
      user: { uid: 0, gid: 0 },
      args: options.args,
      env: options.env ?? ['PATH=/usr/sbin:/usr/bin:/sbin:/bin'],
      cwd: '/',
      capabilities: { bounding: capabilities, effective: capabilities, permitted: capabilities },
      rlimits: [{ type: 'RLIMIT_NOFILE', hard: 1024, soft: 1024 }],
      noNewPrivileges: true,
    },
    root: { path: options.rootfs, readonly: options.readonlyRootfs ?? true },
    hostname: options.hostname ?? 'hako',
    mounts: [
      { destination: '/proc', type: 'proc', source: 'proc' },
      {
        destination: '/dev',
        type: 'tmpfs',
        source: 'tmpfs',
        options: ['nosuid', 'strictatime', 'mode=755', 'size=65536k'],
      },
      {
        destination: '/dev/pts',
        type: 'devpts',
        source: 'devpts',
        options: ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620'],
      },
      {
        destination: '/dev/shm',
        type: 'tmpfs',
        source: 'shm',
        options: ['nosuid', 'noexec', 'nodev', 'mode=1777', 'size=65536k'],
      },
      { destination: '/sys', type: 'sysfs', source: 'sysfs', options: ['nosuid', 'noexec', 'nodev', 'ro'] },
    ],
    ...(options.annotations === undefined ? {} : { annotations: options.annotations }),
    linux: {
      namespaces: ['pid', 'network', 'ipc', 'uts', 'mount'].map((type) => ({ type })),
      maskedPaths: ['/proc/kcore', '/proc/keys', '/proc/sched_debug', '/sys/firmware'],
      readonlyPaths: ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'],
    },
    ...options.extra,
  };
}
