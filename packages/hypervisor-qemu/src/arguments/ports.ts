import type { HypervisorConfig } from '@hako/config';
import { hasPorts, rootPortId, rootPortSlot, switchPortId } from '../devices/express-ports.ts';
import { slotAddress } from '../devices/pci-slots.ts';
import { pciDevice } from './device.ts';

/** Chassis numbers of bridges come before, and slot numbers are those of Kata. */
const firstRootPortChassis = 10;
const firstSwitchPortChassis = 30;
/** Room for the memory of what is plugged in later; an empty port would get little. */
const reserve = { 'mem-reserve': '2m', 'pref64-reserve': '2m' };

/**
 * PCI Express ports for devices of the host: root ports, and downstream ports of one switch below a root port of its own. Each has
 * a slot that is known beforehand, by which the guest is told of what is plugged in there.
 */
export function portArguments({
  machineType,
  pcieRootPort,
  pcieSwitchPort,
}: Pick<HypervisorConfig, 'machineType' | 'pcieRootPort' | 'pcieSwitchPort'>): string[] {
  if (!hasPorts(machineType)) return [];
  return [
    ...numbers(pcieRootPort).flatMap((index) => rootPort(index, reserve)),
    ...(pcieSwitchPort === 0 ? [] : pcieSwitch(pcieRootPort, pcieSwitchPort)),
  ];
}

function rootPort(index: number, properties: Readonly<Record<string, string>>): string[] {
  return pciDevice('pcie-root-port', {
    id: rootPortId(index),
    bus: 'pcie.0',
    addr: slotAddress(rootPortSlot(index)),
    chassis: firstRootPortChassis + index,
    slot: index,
    ...properties,
  });
}

function pcieSwitch(rootPortIndex: number, ports: number): string[] {
  return [
    ...rootPort(rootPortIndex, {}),
    ...pciDevice('x3130-upstream', { id: 'sw0', bus: rootPortId(rootPortIndex) }),
    ...numbers(ports).flatMap((index) =>
      pciDevice('xio3130-downstream', {
        id: switchPortId(index),
        bus: 'sw0',
        addr: slotAddress(index),
        chassis: firstSwitchPortChassis + index,
        slot: index,
      }),
    ),
  ];
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
