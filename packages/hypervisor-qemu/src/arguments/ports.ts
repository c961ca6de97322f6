import type { HypervisorConfig } from '@hako/config';
import { pciDevice } from './device.ts';

/** Id of the root port with that number. */
function rootPortId(index: number): string {
  return `rp${index}`;
}

/** Id of the downstream port, with that number, of the switch. */
function switchPortId(index: number): string {
  return `swdp${index}`;
}

/** Chassis numbers of bridges come before, and slot numbers are those of Kata. */
const firstRootPortChassis = 10;
const firstSwitchPortChassis = 30;
/** Room for the memory of what is plugged in later; an empty port would get little. */
const reserve = { 'mem-reserve': '2m', 'pref64-reserve': '2m' };

/**
 * PCI Express ports for VFIO devices: root ports, and downstream ports of one switch below a root port of its own. Only
 * q35 and virt have PCI Express with such ports.
 */
export function portArguments({
  machineType,
  pcieRootPort,
  pcieSwitchPort,
}: Pick<HypervisorConfig, 'machineType' | 'pcieRootPort' | 'pcieSwitchPort'>): string[] {
  if (machineType !== 'q35' && machineType !== 'virt') return [];
  return [
    ...numbers(pcieRootPort).flatMap((index) => rootPort(index, reserve)),
    ...(pcieSwitchPort === 0 ? [] : pcieSwitch(pcieRootPort, pcieSwitchPort)),
  ];
}

function rootPort(index: number, properties: Readonly<Record<string, string>>): string[] {
  return pciDevice('pcie-root-port', {
    id: rootPortId(index),
    bus: 'pcie.0',
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
        chassis: firstSwitchPortChassis + index,
        slot: index,
      }),
    ),
  ];
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
