export type {
  DiskDevice,
  HostPciDevice,
  HotplugDevices,
  NetworkDevice,
  NetworkDeviceLink,
  NvdimmDevice,
  PluggedDevice,
  VhostUserDevice,
  VmDevice,
} from './device.ts';
export type { HostResource, NetNsIdentity, NetworkResource, ResourceLedger } from './host-resource.ts';
export type {
  Hypervisor,
  HypervisorCapabilities,
  LaunchOptions,
  LaunchPhase,
  MachineSize,
  TemplateKey,
  VirtualMachine,
  VmDiagnostics,
  VmExit,
} from './hypervisor.ts';
export type { AssetHashes, SharedDirectory, TemplateFiles, TemplateUse, VmConfig } from './vm-config.ts';
