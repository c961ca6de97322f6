import type { HypervisorConfig } from '@hako/config';
import { option } from './option.ts';

type Properties = Readonly<Record<string, string | number | boolean | undefined>>;

/** `-device` of something on the PCI bus that is no virtio device. */
export function pciDevice(driver: string, properties: Properties): string[] {
  return ['-device', option(driver, properties)];
}

/** Devices that were never one of before virtio 1.0, and have no such property. */
const modernOnly: ReadonlySet<string> = new Set(['vhost-user-fs-pci']);

/** `-device` of a virtio device on the PCI bus. */
export function virtioDevice(
  { enableIommuPlatform }: Pick<HypervisorConfig, 'enableIommuPlatform'>,
  driver: string,
  properties: Properties,
): string[] {
  return pciDevice(driver, {
    ...properties,
    // Its DMA goes through the IOMMU rather than to physical addresses, which devices of before virtio 1.0 cannot.
    ...(enableIommuPlatform && !modernOnly.has(driver) ? { 'disable-legacy': true } : {}),
    iommu_platform: enableIommuPlatform ? true : undefined,
    // No option ROM: nothing boots from these devices.
    romfile: '',
  });
}

/** `-chardev` of a Unix socket that QEMU connects to: by path, or a connected descriptor that it inherits. */
export function socketClient(
  id: string,
  to: { readonly path: string } | { readonly fd: number },
  reconnectSeconds = 0,
): string[] {
  const reconnect = reconnectSeconds > 0 ? reconnectSeconds : undefined;
  return ['-chardev', option('socket', { id, ...to, reconnect })];
}

/** `-chardev` of a Unix socket that QEMU listens on. */
export function socketServer(id: string, at: { readonly path: string } | { readonly fd: number }): string[] {
  return ['-chardev', option('socket', { id, ...at, server: true, wait: false })];
}
