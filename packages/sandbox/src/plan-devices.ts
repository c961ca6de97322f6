import type { ContainerConfig, SandboxConfig } from '@hako/oci-translate';
import { type PlannedDisk, planDisks, type RootfsDisk } from './disks/plan-disks.ts';
import {
  type PlannedHostDevice,
  planHostDevices,
  planNamedDevices,
} from './host-devices/plan-host-devices.ts';

/** What a container needs to have in its machine. */
export interface PlannedDevices {
  readonly disks: readonly PlannedDisk[];
  readonly hostDevices: readonly PlannedHostDevice[];
  /** Those for which a machine that it starts is made: of itself, and of others that will come. */
  readonly machineDevices: readonly PlannedHostDevice[];
}

/** Starts nothing. @throws SandboxError as planDisks and planHostDevices */
export function planDevices(
  container: ContainerConfig,
  sandbox: SandboxConfig,
  rootfs?: RootfsDisk,
): PlannedDevices {
  const disks = planDisks(container, sandbox.hypervisor, rootfs);
  const hostDevices = planHostDevices(container, sandbox);
  const startsMachine = container.id === sandbox.id;
  return {
    disks,
    hostDevices,
    machineDevices: startsMachine ? [...planNamedDevices(sandbox), ...hostDevices] : [],
  };
}
