export type { ContainerConfig, NetworkConfig, SandboxConfig } from './sandbox-config.ts';
