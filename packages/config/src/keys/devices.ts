import { type KeyTable, refused } from '../key.ts';
import { count, flag, path, word } from '../values.ts';

/** `[hypervisor.qemu]`: buses, ports and small devices. */
export interface DeviceConfig {
  /** PCI bridges for hotplug. 0 = 1; more than 5 = 5; 30 devices per bridge. Default `1`. */
  readonly defaultBridges: number;
  /** Virtual IOMMU plus kernel words intel_iommu=on iommu=pt. Default `false`. */
  readonly enableIommu: boolean;
  /** iommu_platform=on on virtio devices. Default `false`. */
  readonly enableIommuPlatform: boolean;
  /** Port kind for devices of the host that are plugged in while the machine runs. Only one of hot and cold. Default `'no-port'`. */
  readonly hotPlugVfio: 'no-port' | 'bridge-port' | 'root-port' | 'switch-port';
  /** Port kind for devices of the host that the machine starts with. Default `'no-port'`. */
  readonly coldPlugVfio: 'no-port' | 'bridge-port' | 'root-port' | 'switch-port';
  /** Old switch for VFIO on the root bus. Default `false`. */
  readonly hotplugVfioOnRootBus: boolean;
  /** Root ports. At most 16. Default `0`. */
  readonly pcieRootPort: number;
  /** Switch ports. At most 16. Default `0`. */
  readonly pcieSwitchPort: number;
  /** Behind the virtual RNG. Default `'/dev/urandom'`. */
  readonly entropySource: string;
}

export const devicesKeys: KeyTable<DeviceConfig> = {
  defaultBridges: {
    toml: 'default_bridges',
    type: count,
    default: 1,
    lines: ['1.x', '3.x'],
    meaning: 'PCI bridges for hotplug.',
    rule: '0 = 1; more than 5 = 5; 30 devices per bridge; none with microvm',
  },
  enableIommu: {
    toml: 'enable_iommu',
    type: flag,
    default: false,
    lines: ['3.x'],
    meaning: 'Virtual IOMMU plus kernel words intel_iommu=on iommu=pt.',
  },
  enableIommuPlatform: {
    toml: 'enable_iommu_platform',
    type: flag,
    default: false,
    lines: ['3.x'],
    meaning: 'iommu_platform=on on virtio devices.',
  },
  hotPlugVfio: {
    toml: 'hot_plug_vfio',
    type: word(['no-port', 'bridge-port', 'root-port', 'switch-port']),
    default: 'no-port',
    lines: ['3.x'],
    meaning:
      'Devices of the host that a container names (/dev/vfio/N, /dev/vfio/devices/vfioN) are plugged into the running machine, on a port of this kind. There are as many ports as the container that starts the machine needs, and not fewer than pcie_root_port or pcie_switch_port.',
    rule: 'only one of hot and cold; root-port and switch-port need machine_type q35',
  },
  coldPlugVfio: {
    toml: 'cold_plug_vfio',
    type: word(['no-port', 'bridge-port', 'root-port', 'switch-port']),
    default: 'no-port',
    lines: ['3.x'],
    meaning:
      'The machine starts with the devices of the host that its first container names (/dev/vfio/N, /dev/vfio/devices/vfioN), and those that annotations cdi.k8s.io/… of it, or the kubelet (pod_resource_api_sock), name by files in /etc/cdi and /var/run/cdi, on ports of this kind, of which there are enough; other containers may name those, and no others.',
    rule: 'only one of hot and cold; root-port and switch-port need machine_type q35',
  },
  hotplugVfioOnRootBus: {
    toml: 'hotplug_vfio_on_root_bus',
    type: flag,
    default: false,
    lines: ['3.x'],
    meaning: 'Old switch for VFIO on the root bus.',
    effect: refused('a q35 plugs nothing into its root bus; hot_plug_vfio names a port'),
  },
  pcieRootPort: {
    toml: 'pcie_root_port',
    type: count,
    default: 0,
    lines: ['1.x', '3.x'],
    meaning: 'Root ports.',
    rule: 'at most 16',
  },
  pcieSwitchPort: {
    toml: 'pcie_switch_port',
    type: count,
    default: 0,
    lines: ['3.x'],
    meaning: 'Switch ports.',
    rule: 'at most 16',
  },
  entropySource: {
    toml: 'entropy_source',
    type: path,
    default: '/dev/urandom',
    lines: ['1.x', '3.x'],
    meaning: 'Behind the virtual RNG.',
  },
};
