import type { HypervisorConfig } from '@hako/config';
import type { VmConfig } from '@hako/hypervisor';
import { type ContainerDisk, diskDevice } from './disk-device.ts';
import type { PlannedDisk } from './plan-disks.ts';

/** A disk that a machine is started with. */
export interface ColdDisk {
  readonly device: ContainerDisk;
  readonly readonly: boolean;
}

/** True for a machine into which nothing can be plugged: what it starts with is what it has. */
export function hasColdDisks({ machineType }: Pick<HypervisorConfig, 'machineType'>): boolean {
  return machineType === 'microvm';
}

/**
 * The disks that the machine is started with, by their identities: those of the sandbox's own container, where none could be plugged
 * for it. One that it has in several places is there once, and read-only if none of them writes.
 */
export function coldDisks(
  planned: readonly PlannedDisk[],
  hypervisor: HypervisorConfig,
): ReadonlyMap<string, ColdDisk> {
  const found = new Map<string, ColdDisk>();
  if (!hasColdDisks(hypervisor)) return found;
  for (const { disk, readonly } of planned) {
    const present = found.get(disk.identity);
    const isReadonly = readonly && (present?.readonly ?? true);
    const id = present?.device.id ?? `disk${found.size + 1}`;
    found.set(disk.identity, {
      device: diskDevice(id, { disk, readonly: isReadonly }, hypervisor),
      readonly: isReadonly,
    });
  }
  return found;
}

/** The machine that starts with them. */
export function withColdDisks(vm: VmConfig, disks: ReadonlyMap<string, ColdDisk>): VmConfig {
  if (disks.size === 0) return vm;
  return { ...vm, devices: [...(vm.devices ?? []), ...[...disks.values()].map(({ device }) => device)] };
}
