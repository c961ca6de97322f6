import type { HypervisorConfig } from '@hako/config';
import { bridgeCount, bridgeName, keptSlot, slotAddress } from '../devices/pci-slots.ts';
import { pciDevice, virtioDevice } from './device.ts';
import { backend } from './memory.ts';
import { option } from './option.ts';

/** The virtual IOMMU. Before the devices that it is to stand in front of. */
export function iommuArguments({ enableIommu, machineType }: HypervisorConfig): string[] {
  if (!enableIommu || machineType !== 'q35') return [];
  return pciDevice('intel-iommu', { intremap: true, 'device-iotlb': true, 'caching-mode': true });
}

/** The device through which a guest's kernel says that it panics; QEMU then stops the machine and keeps it. */
export function panicArguments({ guestMemoryDumpPath, machineType }: HypervisorConfig): string[] {
  if (guestMemoryDumpPath === '') return [];
  const driver = machineType === 'q35' || machineType === 'pc' ? 'pvpanic' : 'pvpanic-pci';
  return [...pciDevice(driver, {}), '-action', 'panic=pause'];
}

/**
 * A source of entropy on each bridge, or one on the root bus. They are what makes the guest's kernel give a bridge address
 * space, of which 1 MiB and 4 KiB of ports are the least: it gives none to one that is empty when it boots, and then nothing
 * that is plugged in there works.
 */
export function rngArguments(hypervisor: HypervisorConfig): string[] {
  const bridges = bridgeCount(hypervisor);
  const places = bridges === 0 ? [{}] : Array.from({ length: bridges }, (_, index) => placeOfRng(index));
  return [
    ...['-object', option('rng-random', { id: 'rng0', filename: hypervisor.entropySource })],
    ...places.flatMap((place) => virtioDevice(hypervisor, 'virtio-rng-pci', { rng: 'rng0', ...place })),
  ];
}

function placeOfRng(bridge: number): { readonly bus: string; readonly addr: string } {
  return { bus: bridgeName(bridge), addr: slotAddress(keptSlot) };
}

/** Id of the balloon. */
const balloonId = 'balloon0';

/** Gives pages that the guest does not use any more back to the host, without being asked. */
export function balloonArguments(hypervisor: HypervisorConfig): string[] {
  if (!hypervisor.reclaimGuestFreedMemory) return [];
  return virtioDevice(hypervisor, 'virtio-balloon-pci', {
    id: balloonId,
    'deflate-on-oom': true,
    'free-page-reporting': true,
  });
}

/** Id of the virtio-mem device. */
export const virtioMemId = 'virtiomem0';
/** virtio-mem grows and shrinks in these steps; a multiple of every block size that QEMU chooses on x86-64. MiB. */
const virtioMemStepMib = 4;

/** virtio-mem for all that the machine may still get; the guest is offered nothing of it yet. */
export function virtioMemArguments(hypervisor: HypervisorConfig, shared: boolean): string[] {
  const { enableVirtioMem, defaultMaxMemoryMib, defaultMemoryMib } = hypervisor;
  const roomMib = roundDown(defaultMaxMemoryMib - defaultMemoryMib, virtioMemStepMib);
  if (!enableVirtioMem || roomMib <= 0) return [];
  const { 'qom-type': type, prealloc: _never, ...properties } = backend(hypervisor, shared);
  return [
    '-object',
    // Reserving all of it would need as much free memory on the host as the guest may ever have.
    option(type, { id: 'virtiomem', size: `${roomMib}M`, reserve: false, ...properties }),
    ...virtioDevice(hypervisor, 'virtio-mem-pci', {
      id: virtioMemId,
      memdev: 'virtiomem',
      'requested-size': 0,
    }),
  ];
}

function roundDown(value: number, step: number): number {
  return Math.floor(value / step) * step;
}
