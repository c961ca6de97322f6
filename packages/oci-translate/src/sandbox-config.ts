import type { AgentConfig, HypervisorConfig, RuntimeSettings } from '@hako/config';
import type { Spec } from '@hako/oci-spec';

/** What the sandbox's VM will be: the effective configuration after annotations. Plain JSON data. */
export interface SandboxConfig {
  /** Sandbox id; equal to the container id for a single container. */
  readonly id: string;
  readonly hostname: string;
  readonly hypervisor: HypervisorConfig;
  readonly agent: AgentConfig;
  readonly runtime: RuntimeSettings;
  readonly network: NetworkConfig;
  /** Size of the sandbox's shared /dev/shm in bytes; 0 when no container asks for one. */
  readonly shmSizeBytes: number;
}

/** Where the sandbox's network comes from. */
export interface NetworkConfig {
  /** Path of the network namespace to take endpoints from; absent when the spec asks for a new, empty one. */
  readonly netNsPath?: string;
  readonly internetworkingModel: 'tcfilter' | 'macvtap' | 'none';
  readonly disableNewNetNs: boolean;
}

/** One container of the sandbox. Plain JSON data. */
export interface ContainerConfig {
  readonly id: string;
  readonly sandboxId: string;
  readonly type: 'single_container' | 'pod_sandbox' | 'pod_container';
  /** Absolute path of the bundle. */
  readonly bundlePath: string;
  /** Root file system on the host, absolute. */
  readonly rootfs: { readonly path: string; readonly readonly: boolean };
  /** config.json as checked, unknown members kept. */
  readonly spec: Spec;
}
