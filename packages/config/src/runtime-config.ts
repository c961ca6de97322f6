/**
 * The effective configuration of one sandbox. Field names are the TOML keys of Kata's configuration.toml in
 * camelCase, with the unit added where the key has none.
 */
export interface RuntimeConfig {
  readonly hypervisor: HypervisorConfig;
  readonly agent: AgentConfig;
  readonly runtime: RuntimeSettings;
}

/** One word of a kernel command line; an absent value is a flag. */
export interface KernelParam {
  readonly key: string;
  readonly value?: string;
}

/** `[hypervisor.qemu]` */
export interface HypervisorConfig {
  /** QEMU program. */
  readonly path: string;
  readonly kernel: string;
  /** Guest image (disk); empty when `initrd` alone is used. */
  readonly image: string;
  readonly initrd: string;
  readonly machineType: 'q35' | 'pc' | 'microvm';
  /** hako's own key. Default `auto`: kvm if a probe booted this kernel under it, else tcg. */
  readonly accelerator: 'auto' | 'kvm' | 'tcg';
  /** Appended to the base words; the last of equal words wins in the kernel. */
  readonly kernelParams: readonly KernelParam[];
  /** vCPUs at boot. */
  readonly defaultVcpus: number;
  readonly defaultMaxVcpus: number;
  readonly defaultMemoryMib: number;
  readonly sharedFs: 'virtio-fs' | 'virtio-9p' | 'none';
  readonly virtioFsDaemon: string;
  readonly virtioFsCache: string;
  readonly msize9pBytes: number;
}

/** `[agent.kata]` */
export interface AgentConfig {
  /** How long a booting guest may take until its agent answers. Milliseconds. */
  readonly dialTimeoutMs: number;
}

/** `[runtime]` */
export interface RuntimeSettings {
  readonly enableDebug: boolean;
}
