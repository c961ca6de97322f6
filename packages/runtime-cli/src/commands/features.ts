import { CAPABILITIES } from '@hako/oci-spec';
import { OCI_VERSION } from '@hako/sandbox/state';
import { print } from '../output.ts';
import { VERSION } from '../version.ts';

/**
 * Prints the features structure of the OCI runtime specification (features.md): what a caller may put into
 * config.json and find obeyed. Namespaces, seccomp and cgroup v2 are the guest's.
 */
export async function features(): Promise<number> {
  print(`${JSON.stringify(FEATURES, null, 2)}\n`);
  return 0;
}

/** What `features` prints. */
export const FEATURES: object = {
  ociVersionMin: '1.0.0',
  ociVersionMax: OCI_VERSION,
  hooks: ['prestart', 'createRuntime', 'createContainer', 'startContainer', 'poststart', 'poststop'],
  mountOptions: [
    'async',
    'atime',
    'bind',
    'defaults',
    'dev',
    'diratime',
    'dirsync',
    'exec',
    'iversion',
    'lazytime',
    'loud',
    'mand',
    'noatime',
    'nodev',
    'nodiratime',
    'noexec',
    'noiversion',
    'nolazytime',
    'nomand',
    'norelatime',
    'nostrictatime',
    'nosuid',
    'private',
    'ratime',
    'rbind',
    'rdev',
    'rdiratime',
    'relatime',
    'remount',
    'rexec',
    'rnoatime',
    'rnodev',
    'rnodiratime',
    'rnoexec',
    'rnorelatime',
    'rnostrictatime',
    'rnosuid',
    'ro',
    'rprivate',
    'rrelatime',
    'rro',
    'rrw',
    'rshared',
    'rslave',
    'rstrictatime',
    'rsuid',
    'rsymfollow',
    'runbindable',
    'rw',
    'shared',
    'silent',
    'slave',
    'strictatime',
    'suid',
    'symfollow',
    'sync',
    'unbindable',
  ],
  linux: {
    namespaces: ['cgroup', 'ipc', 'mount', 'network', 'pid', 'user', 'uts'],
    cgroup: { v1: false, v2: true, systemd: false, systemdUser: false },
    capabilities: CAPABILITIES,
    seccomp: {
      enabled: true,
      actions: [
        'SCMP_ACT_ALLOW',
        'SCMP_ACT_ERRNO',
        'SCMP_ACT_KILL',
        'SCMP_ACT_KILL_PROCESS',
        'SCMP_ACT_KILL_THREAD',
        'SCMP_ACT_LOG',
        'SCMP_ACT_TRACE',
        'SCMP_ACT_TRAP',
      ],
      operators: [
        'SCMP_CMP_EQ',
        'SCMP_CMP_GE',
        'SCMP_CMP_GT',
        'SCMP_CMP_LE',
        'SCMP_CMP_LT',
        'SCMP_CMP_MASKED_EQ',
        'SCMP_CMP_NE',
      ],
      archs: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86', 'SCMP_ARCH_X32'],
    },
    intelRdt: { enabled: false },
    mountExtensions: { idmap: { enabled: false } },
    netDevices: { enabled: true },
    apparmor: { enabled: false },
    selinux: { enabled: false },
  },
  annotations: { 'hako.version': VERSION },
  potentiallyUnsafeConfigAnnotations: ['io.katacontainers.'],
};
