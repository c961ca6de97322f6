import type { HypervisorConfig } from '@hako/config';
import type { Accelerator } from '../accelerator/accelerator.ts';
import { option } from './option.ts';

/**
 * Machine options that leave out what no guest of hako uses: each emulated chip costs firmware and kernel time, and is
 * code the guest can attack.
 */
const machineProperties: Readonly<Record<HypervisorConfig['machineType'], Record<string, boolean | string>>> =
  {
    q35: { sata: false, smbus: false, usb: false, hpet: false, vmport: 'off' },
    pc: { sata: false, smbus: false, usb: false, hpet: false, vmport: 'off' },
    // ACPI, because Debian's kernel finds virtio devices on no other way here; PCI, so that devices are the same as on q35.
    microvm: { pcie: 'on', rtc: 'on', usb: false },
    virt: { usb: false, 'gic-version': 'max' },
  };

export interface MachineNeeds {
  /** Id of the memory that the machine is to use; undefined: it makes its own. */
  readonly memoryBackend: string | undefined;
  readonly nvdimm: boolean;
  /** Nodes of firmware images, at most two. */
  readonly pflash: readonly string[];
}

export function machineArguments(
  hypervisor: HypervisorConfig,
  accelerator: Accelerator,
  needs: MachineNeeds,
): string[] {
  const { machineType, machineAccelerators, enableIommu } = hypervisor;
  const [pflash0, pflash1] = needs.pflash;
  const machine = option(machineType, {
    ...machineProperties[machineType],
    'memory-backend': needs.memoryBackend,
    nvdimm: needs.nvdimm ? true : undefined,
    pflash0,
    pflash1,
  });
  return [
    ...['-machine', machineAccelerators === '' ? machine : `${machine},${machineAccelerators}`],
    ...['-accel', acceleratorOption(accelerator, enableIommu)],
    ...['-cpu', cpuModel(hypervisor, accelerator)],
    ...(accelerator === 'kvm' && (machineType === 'q35' || machineType === 'pc')
      ? ['-global', 'kvm-pit.lost_tick_policy=discard']
      : []),
  ];
}

/**
 * Of a guest's code that QEMU has translated. It drops all of it when so much is full, and not before, and QEMU's own limit is
 * 1 GiB. A boot needs 54. A guest that starts programs again and again fills it where the pages of a file are read anew at each
 * open, as virtio-fs does with cache `auto`: 0.6 MiB for each exec, with `always` and with 9p as good as none.
 */
const TRANSLATIONS_MIB = 256;

function acceleratorOption(accelerator: Accelerator, enableIommu: boolean): string {
  // Interrupt remapping of the IOMMU needs the I/O APIC in QEMU.
  if (accelerator === 'kvm') return enableIommu ? 'kvm,kernel-irqchip=split' : 'kvm';
  const threads = accelerator === 'tcg-single' ? ',thread=single' : '';
  return `tcg${threads},tb-size=${TRANSLATIONS_MIB}`;
}

/** Most vCPUs the guest will ever have. */
export function maxVcpus(hypervisor: HypervisorConfig): number {
  const atBoot = vcpusAtBoot(hypervisor);
  // microvm and arm64's virt plug no CPUs, so a larger number would only cost memory.
  return plugsVcpus(hypervisor) ? Math.max(atBoot, hypervisor.defaultMaxVcpus) : atBoot;
}

export function plugsVcpus({ machineType }: Pick<HypervisorConfig, 'machineType'>): boolean {
  return machineType === 'q35' || machineType === 'pc';
}

/** vCPUs that the machine starts with. */
export function vcpusAtBoot(hypervisor: HypervisorConfig): number {
  return Math.max(1, Math.ceil(hypervisor.defaultVcpus));
}

export function smpArguments(hypervisor: HypervisorConfig): string[] {
  const max = maxVcpus(hypervisor);
  // A socket per vCPU, as Kata: whatever number is plugged later, the topology stays the same.
  return [
    '-smp',
    option(String(vcpusAtBoot(hypervisor)), { sockets: max, cores: 1, threads: 1, maxcpus: max }),
  ];
}

/**
 * A guest that is told of fast byte-wise string instructions (erms, fsrm) copies and clears memory with them, which QEMU
 * emulates byte by byte: a copy in user space takes up to 19 times as long, one in the kernel 3 to 4 times, the boot an
 * eighth more. The user's own features come after and win (they would not over `-erms`, which QEMU applies last).
 */
const emulatedModel = 'max,erms=off,fsrm=off';

function cpuModel({ cpuFeatures, machineType }: HypervisorConfig, accelerator: Accelerator): string {
  const emulated = machineType === 'virt' ? 'max' : emulatedModel;
  const model = accelerator === 'kvm' ? 'host' : emulated;
  return cpuFeatures === '' ? model : `${model},${cpuFeatures}`;
}
