export type { HostResource, ResourceLedger } from './host-resource.ts';
export type {
  Hypervisor,
  HypervisorCapabilities,
  LaunchOptions,
  LaunchPhase,
  VirtualMachine,
  VmDiagnostics,
  VmExit,
} from './hypervisor.ts';
export type { SharedDirectory, VmConfig } from './vm-config.ts';
