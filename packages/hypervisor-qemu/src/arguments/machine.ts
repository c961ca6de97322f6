import type { HypervisorConfig } from '@hako/config';
import { option } from './option.ts';

/** Id of the guest's memory when it is an object of its own. */
const memoryId = 'ram0';

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
  };

export function machineArguments(
  hypervisor: HypervisorConfig,
  accelerator: 'kvm' | 'tcg',
  options: { readonly sharedMemory: boolean },
): string[] {
  const { machineType, machineAccelerators, defaultMemoryMib, fileMemBackend } = hypervisor;
  const ownMemory = options.sharedMemory || fileMemBackend !== '';
  const machine = option(machineType, {
    ...machineProperties[machineType],
    'memory-backend': ownMemory ? memoryId : undefined,
  });
  const memory =
    fileMemBackend === ''
      ? option('memory-backend-memfd', { id: memoryId, size: `${defaultMemoryMib}M`, share: true })
      : option('memory-backend-file', {
          id: memoryId,
          'mem-path': fileMemBackend,
          size: `${defaultMemoryMib}M`,
          share: options.sharedMemory,
        });
  return [
    ...['-machine', machineAccelerators === '' ? machine : `${machine},${machineAccelerators}`],
    ...['-accel', accelerator],
    ...['-cpu', cpuModel(hypervisor, accelerator)],
    ...['-m', `${defaultMemoryMib}M`],
    ...(ownMemory ? ['-object', memory] : []),
    ...(accelerator === 'kvm' && machineType !== 'microvm'
      ? ['-global', 'kvm-pit.lost_tick_policy=discard']
      : []),
  ];
}

/** Most vCPUs the guest will ever have. */
export function maxVcpus(hypervisor: HypervisorConfig): number {
  const atBoot = vcpusAtBoot(hypervisor);
  // microvm plugs no CPUs, so a larger number would only cost memory.
  return hypervisor.machineType === 'microvm' ? atBoot : Math.max(atBoot, hypervisor.defaultMaxVcpus);
}

function vcpusAtBoot(hypervisor: HypervisorConfig): number {
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

function cpuModel({ cpuFeatures }: HypervisorConfig, accelerator: 'kvm' | 'tcg'): string {
  const model = accelerator === 'kvm' ? 'host' : emulatedModel;
  return cpuFeatures === '' ? model : `${model},${cpuFeatures}`;
}
