import type { VmConfig } from '@hako/hypervisor';

const GIB = 2 ** 30;

/** The host bridge of a machine, and what QEMU keeps by itself above the guest's memory for that of its devices. */
const HOLES: Readonly<
  Record<string, { readonly bridge: string; readonly defaultBytes: number } | undefined>
> = {
  q35: { bridge: 'q35-pcihost', defaultBytes: 32 * GIB },
  pc: { bridge: 'i440FX-pcihost', defaultBytes: 2 * GIB },
};

/** For devices that are not the host's, and for bridges. */
const OTHERS_BYTES = GIB;

/**
 * Room in the guest's address space for the memory of large devices of the host: its kernel places them there and nowhere else. QEMU
 * itself refuses to start where it ends beyond what the processor can address ("phys-bits too low").
 */
export function pciHoleArguments({
  hypervisor,
  deviceMemoryBytes = 0,
}: Pick<VmConfig, 'hypervisor' | 'deviceMemoryBytes'>): string[] {
  const hole = HOLES[hypervisor.machineType];
  const wanted = deviceMemoryBytes + OTHERS_BYTES;
  if (hole === undefined || wanted <= hole.defaultBytes) return [];
  const size = `${Math.ceil(wanted / GIB)}G`;
  return ['-global', `${hole.bridge}.pci-hole64-size=${size}`];
}
