import { type KeyTable, refused } from '../key.ts';
import { count, flag, path, type RootlessUser, rootlessUser, textValue, word } from '../values.ts';

/** `[hypervisor.qemu]`: the hypervisor as a process on the host. */
export interface VmmProcessConfig {
  /** Run QEMU as a user without privileges, another one for each machine. Default `false`. */
  readonly rootless: boolean;
  /** uid, gid, groups, user_name to use for rootless. Not root. Default none. */
  readonly rootlessUser: RootlessUser | null;
  /** QEMU -sandbox value. The recommended value denies obsolete, spawn and resourcecontrol. Rust calls it seccomp_sandbox. Default empty. */
  readonly seccompSandbox: string;
  /** Hypervisor and guest debug output; changes kernel words. Default `false`. */
  readonly enableDebug: boolean;
  /** VMM log level. At most 3; non-QEMU VMMs. Default `1`. */
  readonly hypervisorLogLevel: number;
  /** VMM log level. Default `'info'`. */
  readonly logLevel: string;
  /** Second monitor socket, only with enable_debug. Default empty. */
  readonly extraMonitorSocket: '' | 'hmp' | 'qmp' | 'qmp-pretty';
  /** Do not start QEMU and virtiofsd under the SELinux label of the first container. Default `false`. */
  readonly disableSelinux: boolean;
  /** No SELinux in the guest. Default `true`. */
  readonly disableGuestSelinux: boolean;
  /** No seccomp for VMMs that have it built in. Default `false`. */
  readonly disableSeccomp: boolean;
  /** Jailer (Firecracker). Default empty. */
  readonly jailerPath: string;
  /** Control program. Default empty. */
  readonly ctlpath: string;
  /** Low level template settings. Default `false`. */
  readonly bootToBeTemplate: boolean;
  /** Low level template settings. Default `false`. */
  readonly bootFromTemplate: boolean;
  /** Low level template settings. Default empty. */
  readonly memoryPath: string;
  /** Low level template settings. Default empty. */
  readonly deviceStatePath: string;
}

export const vmmProcessKeys: KeyTable<VmmProcessConfig> = {
  rootless: {
    toml: 'rootless',
    type: flag,
    default: false,
    lines: ['3.x'],
    meaning:
      'Run QEMU as a user without privileges, another one for each machine. The user must be able to read the guest, and /dev/kvm must be for a group. Not with shared_fs = "virtio-9p"; machines are no copies of a template.',
  },
  rootlessUser: {
    toml: 'rootless_user',
    type: rootlessUser,
    default: null,
    lines: ['3.x'],
    meaning: 'uid, gid, groups, user_name to use for rootless.',
    rule: 'not root; user_name alone is looked up in /etc/passwd; without groups that of /dev/kvm',
  },
  seccompSandbox: {
    toml: 'seccompsandbox',
    type: textValue,
    default: '',
    lines: ['3.x'],
    aliases: [{ toml: 'seccomp_sandbox' }],
    meaning: 'QEMU -sandbox value. The recommended value denies obsolete, spawn and resourcecontrol.',
    rule: 'Rust calls it seccomp_sandbox',
  },
  enableDebug: {
    toml: 'enable_debug',
    type: flag,
    default: false,
    lines: ['1.x', '3.x'],
    meaning: 'Hypervisor and guest debug output; changes kernel words.',
  },
  hypervisorLogLevel: {
    toml: 'hypervisor_loglevel',
    type: count,
    default: 1,
    lines: ['3.x'],
    meaning: 'VMM log level.',
    rule: 'at most 3; non-QEMU VMMs',
    effect: refused('QEMU has no levels of logs; enable_debug makes it say more'),
  },
  logLevel: {
    toml: 'log_level',
    type: textValue,
    default: 'info',
    lines: ['3.x'],
    meaning: 'VMM log level.',
    effect: refused('QEMU has no levels of logs; enable_debug makes it say more'),
  },
  extraMonitorSocket: {
    toml: 'extra_monitor_socket',
    type: word(['', 'hmp', 'qmp', 'qmp-pretty']),
    default: '',
    lines: ['3.x'],
    meaning: 'Second monitor socket, only with enable_debug.',
  },
  disableSelinux: {
    toml: 'disable_selinux',
    type: flag,
    default: false,
    lines: ['3.x'],
    meaning:
      'Do not start QEMU and virtiofsd under the SELinux label of the first container (process.selinuxLabel); there is one only where the host has SELinux.',
  },
  disableGuestSelinux: {
    toml: 'disable_guest_selinux',
    type: flag,
    default: true,
    lines: ['3.x'],
    meaning: 'No SELinux in the guest.',
    effect: refused('the guest image has no SELinux policy'),
  },
  disableSeccomp: {
    toml: 'disable_seccomp',
    type: flag,
    default: false,
    lines: ['3.x'],
    meaning: 'No seccomp for VMMs that have it built in.',
    effect: refused('it is for other hypervisors; seccompsandbox = "off" takes the filter from QEMU'),
  },
  jailerPath: {
    toml: 'jailer_path',
    type: path,
    default: '',
    lines: ['1.x', '3.x'],
    meaning: 'Jailer (Firecracker).',
    effect: refused('QEMU runs in no jail of Firecracker; its own limits are seccompsandbox'),
  },
  ctlpath: {
    toml: 'ctlpath',
    type: path,
    default: '',
    lines: ['1.x', '3.x'],
    meaning: 'Control program.',
    effect: refused('QEMU has no control program'),
  },
  bootToBeTemplate: {
    toml: 'boot_to_be_template',
    type: flag,
    default: false,
    lines: ['3.x'],
    meaning: 'Low level template settings.',
    effect: refused('templates make themselves, see enable_template'),
  },
  bootFromTemplate: {
    toml: 'boot_from_template',
    type: flag,
    default: false,
    lines: ['3.x'],
    meaning: 'Low level template settings.',
    effect: refused('templates make themselves, see enable_template'),
  },
  memoryPath: {
    toml: 'memory_path',
    type: path,
    default: '',
    lines: ['3.x'],
    meaning: 'Low level template settings.',
    effect: refused('templates make themselves, see enable_template'),
  },
  deviceStatePath: {
    toml: 'device_state_path',
    type: path,
    default: '',
    lines: ['3.x'],
    meaning: 'Low level template settings.',
    effect: refused('templates make themselves, see enable_template'),
  },
};
