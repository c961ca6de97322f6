import type { HypervisorConfig, KernelParam } from '@hako/config';
import type { HostPciDevice, VmConfig } from '@hako/hypervisor';
import type { PlannedHostDevice } from './plan-host-devices.ts';
import type { HostPci } from './vfio-file.ts';

const MIB = 1024 * 1024;
/** What a Linux guest keeps of its address space for an empty port, of either kind. */
const KEPT_MIB = 2;

/**
 * The machine for a container that brings devices of the host: with a port for each, and with the devices themselves where they are
 * there from the start. Where they come later its kernel keeps as much of its address space for a port as the largest of them needs,
 * since it does not make more of what it has kept.
 */
export function machineFor(vm: VmConfig, planned: readonly PlannedHostDevice[]): VmConfig {
  if (planned.length === 0) return vm;
  const devices = devicesOf(planned);
  const { coldPlugVfio, hotPlugVfio } = vm.hypervisor;
  const isCold = coldPlugVfio !== 'no-port';
  return {
    ...vm,
    hypervisor: withPorts(vm.hypervisor, isCold ? coldPlugVfio : hotPlugVfio, devices.size),
    kernelParams: [...(isCold ? [] : roomOfPorts([...devices.values()])), ...vm.kernelParams],
    devices: [...(vm.devices ?? []), ...(isCold ? devicesAtStart(planned) : [])],
  };
}

function devicesAtStart(planned: readonly PlannedHostDevice[]): readonly HostPciDevice[] {
  const found = new Map<string, HostPciDevice>();
  for (const { file } of planned)
    for (const { address } of file.devices)
      if (!found.has(address)) found.set(address, hostPciDevice(found.size, address, file.iommufd));
  return [...found.values()];
}

export function hostPciDevice(index: number, address: string, iommufd: boolean): HostPciDevice {
  return { kind: 'vfio', id: `vfio${index}`, address, ...(iommufd ? { iommufd } : {}) };
}

function devicesOf(planned: readonly PlannedHostDevice[]): ReadonlyMap<string, HostPci> {
  return new Map(
    planned.flatMap(({ file }) => file.devices.map((device) => [device.address, device] as const)),
  );
}

function withPorts(
  hypervisor: HypervisorConfig,
  kind: HypervisorConfig['coldPlugVfio'],
  count: number,
): HypervisorConfig {
  if (kind === 'root-port') return { ...hypervisor, pcieRootPort: Math.max(hypervisor.pcieRootPort, count) };
  if (kind === 'switch-port')
    return { ...hypervisor, pcieSwitchPort: Math.max(hypervisor.pcieSwitchPort, count) };
  return hypervisor;
}

function roomOfPorts(devices: readonly HostPci[]): KernelParam[] {
  // Regions are powers of two and lie at multiples of their size: twice as much holds any set of them.
  const mib = (bytes: (device: HostPci) => number): number =>
    2 ** Math.ceil(Math.log2(Math.max(KEPT_MIB * MIB, ...devices.map(bytes)) / MIB));
  const plain = mib(({ plainBytes }) => plainBytes);
  const prefetchable = mib(({ prefetchableBytes }) => prefetchableBytes);
  if (plain <= KEPT_MIB && prefetchable <= KEPT_MIB) return [];
  return [{ key: 'pci', value: `hpmmiosize=${plain}M,hpmmioprefsize=${prefetchable}M` }];
}
