import type { ContainerConfig, SandboxConfig } from '@hako/oci-translate';
import { type PlannedDisk, planDisks, type RootfsDisk } from './disks/plan-disks.ts';
import { type PlannedHostDevice, planHostDevices } from './host-devices/plan-host-devices.ts';

/** What a container needs to have in its machine. */
export interface PlannedDevices {
  readonly disks: readonly PlannedDisk[];
  readonly hostDevices: readonly PlannedHostDevice[];
}

/** Starts nothing. @throws SandboxError as planDisks and planHostDevices */
export function planDevices(
  container: ContainerConfig,
  sandbox: SandboxConfig,
  rootfs?: RootfsDisk,
): PlannedDevices {
  const disks = planDisks(container, sandbox.hypervisor, rootfs);
  return { disks, hostDevices: planHostDevices(container, sandbox) };
}
