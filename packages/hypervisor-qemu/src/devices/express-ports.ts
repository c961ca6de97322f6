import type { HypervisorConfig } from '@hako/config';
import type { PciPlace } from './pci-slots.ts';

type PortConfig = Pick<
  HypervisorConfig,
  'machineType' | 'coldPlugVfio' | 'hotPlugVfio' | 'pcieRootPort' | 'pcieSwitchPort'
>;

/** Slot of the first root port on the root bus: those before it are of the bridges. */
const firstRootPortSlot = 8;
/** The one device of a port is at the beginning of the port's own bus. */
const slotOnPort = 0;

/** Only q35 and virt have PCI Express with ports. */
export function hasPorts(machineType: HypervisorConfig['machineType']): boolean {
  return machineType === 'q35' || machineType === 'virt';
}

/** Id of the root port with that number. */
export function rootPortId(index: number): string {
  return `rp${index}`;
}

/** Id of the downstream port, with that number, of the switch. */
export function switchPortId(index: number): string {
  return `swdp${index}`;
}

export function rootPortSlot(index: number): number {
  return firstRootPortSlot + index;
}

/** On what kind of bus a device of the host goes; at most one of the two settings is another than `no-port`. */
function portOfHostDevices({
  coldPlugVfio,
  hotPlugVfio,
}: Pick<HypervisorConfig, 'coldPlugVfio' | 'hotPlugVfio'>): HypervisorConfig['coldPlugVfio'] {
  return coldPlugVfio === 'no-port' ? hotPlugVfio : coldPlugVfio;
}

/** Why a machine with places for devices of the host is made for its sandbox only. */
export const hostDevicesObstacle =
  'cold_plug_vfio or hot_plug_vfio: its ports, and what it has from the start, are those of its first container';

export function takesHostDevices(config: Parameters<typeof portOfHostDevices>[0]): boolean {
  return portOfHostDevices(config) !== 'no-port';
}

/** Key of the number of ports, for those who need more. */
export const portKeys = { 'root-port': 'pcie_root_port', 'switch-port': 'pcie_switch_port' } as const;

export interface HostDevicePorts {
  readonly kind: keyof typeof portKeys;
  readonly places: readonly PciPlace[];
}

/** Places for devices of the host where the configuration wants them on ports; undefined where they go on a bridge, as all others. */
export function hostDevicePorts(config: PortConfig): HostDevicePorts | undefined {
  const kind = portOfHostDevices(config);
  if (!hasPorts(config.machineType) || kind === 'no-port' || kind === 'bridge-port') return undefined;
  const { pcieRootPort, pcieSwitchPort } = config;
  const places =
    kind === 'root-port'
      ? numbers(pcieRootPort).map((index) => place(rootPortId(index), [rootPortSlot(index)]))
      : // The switch is below the root port behind those that are for devices; 0 is its upstream port.
        numbers(pcieSwitchPort).map((index) =>
          place(switchPortId(index), [rootPortSlot(pcieRootPort), 0, index]),
        );
  return { kind, places };
}

function place(bus: string, way: readonly number[]): PciPlace {
  const path = [...way, slotOnPort].map((slot) => slot.toString(16).padStart(2, '0'));
  return { bus, slot: slotOnPort, guestPciPath: path.join('/') };
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
