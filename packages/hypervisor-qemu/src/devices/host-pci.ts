import type { HostPciDevice } from '@hako/hypervisor';
import type { DeviceDriver } from './device-driver.ts';

/**
 * A device of the host's PCI bus (VFIO). QEMU opens the group of its IOMMU by itself, so that there is no host's side to make: a host
 * without it, or whose driver is not vfio-pci, is what QEMU says no to.
 */
export const hostPci: DeviceDriver<HostPciDevice> = {
  bus: 'pci',
  takesIothread: false,
  descriptors: () => [],
  backendOptions: () => [],
  device: ({ address }) => ['vfio-pci', { host: address }],
  addBackend: () => Promise.resolve(),
  removeBackend: () => Promise.resolve(),
};
