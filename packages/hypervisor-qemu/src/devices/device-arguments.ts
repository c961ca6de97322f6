import type { VmDevice } from '@hako/hypervisor';
import { option } from '../arguments/option.ts';
import { driverOf } from './drivers.ts';
import { bridgeName, bridgeSlot, slotAddress } from './pci-slots.ts';
import type { Places } from './places.ts';
import { scsiControllerDriver, scsiControllerId } from './scsi-units.ts';

/** Descriptors of the devices in the order in which QEMU is to inherit them. */
export function deviceDescriptors(devices: readonly VmDevice[]): readonly number[] {
  return devices.flatMap((device) => driverOf(device).descriptors(device));
}

/**
 * Bridges for hot-plug. They come before all other devices, which take the places that are left. No SHPC: ACPI plugs, which the
 * guest's kernel has built in.
 */
export function bridgeArguments(rootBus: string, bridges: number): string[] {
  return Array.from({ length: bridges }, (_, index) => [
    '-device',
    option('pci-bridge', {
      id: bridgeName(index),
      bus: rootBus,
      addr: slotAddress(bridgeSlot(index)),
      chassis_nr: index + 1,
      shpc: false,
    }),
  ]).flat();
}

/** Gives the devices that a machine is started with their places. */
export function takePlaces(places: Places, devices: readonly VmDevice[]): void {
  for (const device of devices) {
    const { bus } = driverOf(device);
    if (bus === 'scsi') places.takeController();
    places.take(device, bus);
  }
}

/**
 * Options for devices that are there from the start. They sit on the bridges too, so that they can be taken out; with no
 * bridges, on the root bus.
 *
 * @param firstFd number, in QEMU, of the first of their descriptors
 * @param iothreads ids of QEMU's threads that serve disks, in turn
 */
export function deviceArguments(
  devices: readonly VmDevice[],
  places: Places,
  firstFd: number,
  iothreads: readonly string[] = [],
): string[] {
  let nextFd = firstFd;
  let threadsGiven = 0;
  const nextThread = (): { readonly iothread?: string } => {
    const iothread = iothreads[threadsGiven++ % iothreads.length];
    return iothread === undefined ? {} : { iothread };
  };
  const controller = (): string[] => {
    const properties = places.takeController();
    if (properties === undefined) return [];
    return [
      '-device',
      option(scsiControllerDriver, { id: scsiControllerId, ...properties, ...nextThread() }),
    ];
  };
  const isMmio = devices.some((device) => driverOf(device).bus === 'mmio');
  return [
    // Else they are devices of before virtio 1.0.
    ...(isMmio ? ['-global', 'virtio-mmio.force-legacy=false'] : []),
    ...devices.flatMap((device) => {
      const driver = driverOf(device);
      const fds = driver.descriptors(device).map(() => nextFd++);
      const [name, own] = driver.device(device);
      const before = driver.bus === 'scsi' ? controller() : [];
      const { properties } = places.take(device, driver.bus);
      const thread = driver.takesIothread ? nextThread() : {};
      return [
        ...driver.backendOptions(device, fds).flatMap(([flag, first, rest]) => [flag, option(first, rest)]),
        ...before,
        ...['-device', option(name, { id: device.id, ...own, ...properties, ...thread })],
      ];
    }),
  ];
}
