import { VERSION } from '../version.ts';
import { OCI_VERSION } from './state.ts';

/**
 * Prints the features structure of the OCI runtime specification (features.md): what a caller may put into
 * config.json and find obeyed. Namespaces, seccomp and cgroup v2 are the guest's.
 */
export async function features(): Promise<number> {
  process.stdout.write(`${JSON.stringify(FEATURES, null, 2)}\n`);
  return 0;
}

const FEATURES = {
  ociVersionMin: '1.0.0',
  ociVersionMax: OCI_VERSION,
  hooks: [],
  mountOptions: [
    'async',
    'atime',
    'bind',
    'defaults',
    'dev',
    'diratime',
    'dirsync',
    'exec',
    'mand',
    'noatime',
    'nodev',
    'nodiratime',
    'noexec',
    'nomand',
    'norelatime',
    'nostrictatime',
    'nosuid',
    'private',
    'rbind',
    'relatime',
    'remount',
    'ro',
    'rprivate',
    'rshared',
    'rslave',
    'runbindable',
    'rw',
    'shared',
    'slave',
    'strictatime',
    'suid',
    'sync',
    'unbindable',
  ],
  linux: {
    namespaces: ['cgroup', 'ipc', 'mount', 'pid', 'user', 'uts'],
    cgroup: { v1: false, v2: true, systemd: false, systemdUser: false },
    seccomp: { enabled: true },
    apparmor: { enabled: false },
    selinux: { enabled: false },
  },
  annotations: { 'hako.version': VERSION },
};
