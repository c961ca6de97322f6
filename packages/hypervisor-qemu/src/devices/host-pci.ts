import type { HostPciDevice } from '@hako/hypervisor';
import type { DeviceDriver } from './device-driver.ts';
import { addIommufd, iommufdId } from './iommufd.ts';

/**
 * A device of the host's PCI bus (VFIO). QEMU opens the group of its IOMMU, or its own file through iommufd, by itself: a host
 * without it, or whose driver is not vfio-pci, is what QEMU says no to.
 */
export const hostPci: DeviceDriver<HostPciDevice> = {
  bus: 'port',
  takesIothread: false,
  descriptors: () => [],
  // iommufd is the machine's, see iommufdArguments.
  backendOptions: () => [],
  device: ({ address, iommufd = false }) => [
    'vfio-pci',
    { host: address, ...(iommufd ? { iommufd: iommufdId } : {}) },
  ],
  addBackend: (qmp, { iommufd = false }) => (iommufd ? addIommufd(qmp) : Promise.resolve()),
  removeBackend: () => Promise.resolve(),
};
