import type { HypervisorConfig } from '@hako/config';
import type { HostPciDevice, VmConfig } from '@hako/hypervisor';
import type { PlannedHostDevice } from './plan-host-devices.ts';
import { keptBy, roomWords } from './port-room.ts';
import type { HostPci } from './vfio-file.ts';

/**
 * The machine for a container that brings devices of the host: with a port for each, and with the devices themselves where they are
 * there from the start. Where they come later its kernel keeps as much of its address space for a port as the largest of them needs,
 * since it does not make more of what it has kept; and the machine has that much address space.
 */
export function machineFor(vm: VmConfig, planned: readonly PlannedHostDevice[]): VmConfig {
  const devices = devicesOf(planned);
  const { coldPlugVfio, hotPlugVfio } = vm.hypervisor;
  const isCold = coldPlugVfio !== 'no-port';
  const hypervisor = withPorts(vm.hypervisor, isCold ? coldPlugVfio : hotPlugVfio, devices.size);
  const kernelParams = [...(isCold ? [] : roomWords([...devices.values()])), ...vm.kernelParams];
  return {
    ...vm,
    hypervisor,
    kernelParams,
    deviceMemoryBytes: isCold
      ? sumOf([...devices.values()].map(({ prefetchableBytes }) => prefetchableBytes))
      : (hypervisor.pcieRootPort + hypervisor.pcieSwitchPort) * keptBy(kernelParams).prefetchableBytes,
    devices: [...(vm.devices ?? []), ...(isCold ? devicesAtStart(planned) : [])],
  };
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
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
