import type { AgentConfig, HypervisorConfig } from '@hako/config';

/** A kernel module for CreateSandbox (field names of grpc.KernelModule). */
export interface GuestKernelModule {
  readonly name: string;
  readonly parameters: readonly string[];
}

type Devices = Pick<
  HypervisorConfig,
  'enableVirtioMem' | 'reclaimGuestFreedMemory' | 'guestMemoryDumpPath' | 'blockDeviceDriver'
>;

/**
 * Modules as configured, `name parameter parameter`; empty entries are passed over (`a;;b` in an annotation). Before them
 * the drivers of devices that the guest would not look for.
 */
export function guestKernelModules(agent: AgentConfig, devices: Devices): readonly GuestKernelModule[] {
  const { enableVirtioMem, reclaimGuestFreedMemory, guestMemoryDumpPath, blockDeviceDriver } = devices;
  const drivers = [
    ...(enableVirtioMem ? ['virtio_mem'] : []),
    ...(reclaimGuestFreedMemory ? ['virtio_balloon'] : []),
    ...(guestMemoryDumpPath === '' ? [] : ['pvpanic_mmio']),
    // Of NVDIMMs it sees only those that come once it is there.
    ...(blockDeviceDriver === 'nvdimm' ? ['nfit'] : []),
  ];
  const configured = agent.kernelModules.flatMap((text) => {
    const [name, ...parameters] = text.split(' ').filter((word) => word !== '');
    return name === undefined ? [] : [{ name, parameters }];
  });
  return [...drivers.map((name) => ({ name, parameters: [] })), ...configured];
}
