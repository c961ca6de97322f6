import type { HypervisorConfig, KernelParam } from '@hako/config';
import type { VmDevice } from './device.ts';

/** A host directory offered to the guest under a mount tag. */
export interface SharedDirectory {
  /** virtio-fs tag or 9p mount_tag, at most 31 bytes. */
  readonly tag: string;
  /**
   * Absolute host path whose tree the guest sees. Mounts that the caller makes below it later are seen too: a backend whose
   * file server has a mount namespace of its own makes it a shared mount point while the VM lives.
   */
  readonly hostPath: string;
  readonly transport: 'virtio-fs' | 'virtio-9p';
  readonly readonly: boolean;
}

/** The files of a machine that was saved. Absolute paths. */
export interface TemplateFiles {
  /** The guest's memory. */
  readonly memory: string;
  /** vCPUs and devices. */
  readonly state: string;
}

/** What a machine has to do with a template. */
export interface TemplateUse {
  /**
   * `save`: it will become the template, by `saveTemplate`. It has no devices, and of its shares those by virtio-fs are left out: no
   * machine can be saved with them. `clone`: it starts as a copy; its devices and such shares are plugged once it runs.
   */
  readonly role: 'save' | 'clone';
  readonly files: TemplateFiles;
}

/** Everything a backend needs to boot one VM. Paths are absolute and already allowed. */
export interface VmConfig {
  /** Sandbox id; also part of the process name. */
  readonly id: string;
  /** Host directory, mode 0700, made by the caller, for this VM's sockets, logs and pid files. */
  readonly runtimeDir: string;
  /**
   * Host directory, made by the caller, for what guest, VMM and helpers print: console.log, qemu.log, virtiofsd.log, each
   * line after the time (RFC 3339, UTC) at which it came. Default: `runtimeDir`.
   */
  readonly logDir?: string;
  readonly hypervisor: HypervisorConfig;
  /** SELinux label that VMM and helpers are started under, where the host has SELinux. Default: the caller's. */
  readonly selinuxLabel?: string;
  /**
   * Kernel words of the sandbox: the agent's settings, then the user's kernel_params. They follow the backend's own, and
   * the last of equal words wins. `hypervisor.kernelParams` is contained in them and is not to be added again.
   */
  readonly kernelParams: readonly KernelParam[];
  readonly shares: readonly SharedDirectory[];
  /** Devices that are there from the start. Default: none. */
  readonly devices?: readonly VmDevice[];
  /** Prefetchable memory of devices of the host that the guest must have room for, whenever they come. Bytes. Default: 0. */
  readonly deviceMemoryBytes?: number;
  /**
   * Network namespace of the VMM itself, which needs none for its devices: `own` is a new, empty one; `inherited` is
   * the caller's. Default `inherited`.
   */
  readonly vmmNetwork?: 'own' | 'inherited';
  /** SHA-512 in hexadecimal that files of the configuration must have, checked before anything starts. Default none. */
  readonly assetHashes?: AssetHashes;
  /** Default: the machine boots, and has nothing to do with a template. */
  readonly template?: TemplateUse;
}

/** Expected SHA-512 of a file, by what names it in the configuration. */
export type AssetHashes = Readonly<
  Partial<Record<'kernel' | 'image' | 'initrd' | 'firmware' | 'firmwareVolume' | 'hypervisor', string>>
>;
