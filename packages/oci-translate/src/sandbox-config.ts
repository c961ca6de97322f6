import type {
  AgentConfig,
  FactoryConfig,
  HypervisorConfig,
  KernelParam,
  RuntimeSettings,
} from '@hako/config';
import type { Spec } from '@hako/oci-spec';
import type { AssetHashes } from '@hako/overrides-assets';
import type { ContainerType } from './container-type.ts';
import type { DeviceInfo } from './devices.ts';
import type { EnvVar } from './environment.ts';
import type { NetworkConfig } from './network-config.ts';
import type { VmSize } from './vm-size.ts';

/** What the sandbox's VM will be: the effective configuration after annotations. Plain JSON data. */
export interface SandboxConfig {
  /** Sandbox id; equal to the container id for a single container. */
  readonly id: string;
  /** Host name in the guest. Default empty: the guest's own. */
  readonly hostname: string;
  /** The machine: files, sizes, devices. Sizes are numbers, none is "as the host" any more. */
  readonly hypervisor: HypervisorConfig;
  /** SELinux label of the VMM and its helpers, where the host has SELinux. Default empty: none of its own. */
  readonly selinuxLabel: string;
  /** The process in the guest. */
  readonly agent: AgentConfig;
  /** What concerns the sandbox as a whole. */
  readonly runtime: RuntimeSettings;
  /** Machines made in advance. */
  readonly factory: FactoryConfig;
  /** Where the network comes from. */
  readonly network: NetworkConfig;
  /** Size of the VM and how it came about. */
  readonly size: VmSize;
  /** Size of the sandbox's shared /dev/shm. Bytes. Default `0`: no container asks for one. */
  readonly shmSizeBytes: number;
  /** Words for the guest's kernel command line after those of the machine: the agent's, then the configured ones. */
  readonly kernelParams: readonly KernelParam[];
  /** SHA-512 in hexadecimal that files named by annotations must have. Default empty. */
  readonly assetHashes: AssetHashes;
  /** Devices of the host that a pod's machine starts with, whichever container will use them. Default: none. */
  readonly hostDevices?: readonly DeviceInfo[];
  /** Notes on the sandbox: its bundle, and the asset annotations as they were given. */
  readonly annotations: Readonly<Record<string, string>>;
}

/**
 * One container of the sandbox. Plain data; numbers of the spec beyond 2^53 - 1 are bigints, so write it with
 * `stringifyJson` of `@hako/oci-spec` and read it back with `parseJson`.
 */
export interface ContainerConfig {
  /** Container id. */
  readonly id: string;
  /** Id of the sandbox it runs in. Default: its own id. */
  readonly sandboxId: string;
  /** Its own sandbox, the first of a pod, or a later one. Default `'single_container'`. */
  readonly type: ContainerType;
  /** Absolute path of the bundle. */
  readonly bundlePath: string;
  /** Root file system on the host, absolute. */
  readonly rootfs: { readonly path: string; readonly readonly: boolean };
  /** config.json as checked, unknown members kept, the container's own overrides applied. */
  readonly spec: Spec;
  /** Environment of the process. Default empty. */
  readonly env: readonly EnvVar[];
  /** Device nodes to make in the container. Default empty. */
  readonly devices: readonly DeviceInfo[];
  /** Notes on the container: its bundle and type. */
  readonly annotations: Readonly<Record<string, string>>;
}
