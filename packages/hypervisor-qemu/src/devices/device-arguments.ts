import type { VmDevice } from '@hako/hypervisor';
import { option } from '../arguments/option.ts';
import { driverOf } from './drivers.ts';
import { bridgeName, bridgeSlot, type PciPlace, type PciSlots, slotAddress } from './pci-slots.ts';

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

/** Gives a device that a machine is started with its place. */
export function takePlace(slots: PciSlots, device: VmDevice): PciPlace {
  const { bus } = driverOf(device);
  if (bus === 'scsi') throw new RangeError(`${device.id}: SCSI disks are plugged, not started with`);
  return slots.take(device.id, bus);
}

/**
 * Options for devices that are there from the start. They sit on the bridges too, so that they can be taken out; with no
 * bridges, on the root bus.
 *
 * @param firstFd number, in QEMU, of the first of their descriptors
 */
export function deviceArguments(
  devices: readonly VmDevice[],
  slots: PciSlots | undefined,
  firstFd: number,
): string[] {
  let nextFd = firstFd;
  return devices.flatMap((device) => {
    const driver = driverOf(device);
    const place = slots === undefined ? undefined : takePlace(slots, device);
    const fds = driver.descriptors(device).map(() => nextFd++);
    const [name, properties] = driver.device(device);
    const position = place === undefined ? {} : { bus: place.bus, addr: slotAddress(place.slot) };
    return [
      ...driver.backendOptions(device, fds).flatMap(([flag, first, rest]) => [flag, option(first, rest)]),
      ...['-device', option(name, { id: device.id, ...properties, ...position, romfile: '' })],
    ];
  });
}
