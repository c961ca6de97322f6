// What commands need that start no machine: the state on disk and what a machine would be, so that they start at once.
export { cannotExec } from './cannot-exec.ts';
export { checkContainerId } from './container-id.ts';
export type { ContainerState, ContainerStatus } from './container-state.ts';
export { coldDisks, hasColdDisks, withColdDisks } from './disks/cold-disks.ts';
export { describeDirectVolume, forgetDirectVolume } from './disks/direct-volume.ts';
export { planDisks } from './disks/plan-disks.ts';
export type { GuestProcessInfo } from './guest-processes.ts';
export type { Host } from './host.ts';
export { hostCgroupPath } from './host-cgroup-path.ts';
export { machineFor } from './host-devices/machine-for.ts';
export { planHostDevices, planNamedDevices } from './host-devices/plan-host-devices.ts';
export { liveState, shimIsAlive } from './liveness.ts';
export { isSharedFromHost } from './mount-kind.ts';
export { OCI_VERSION } from './oci-version.ts';
export { posixHost } from './posix-host.ts';
export { recordAdmitted } from './record-admitted.ts';
export { removeByForce, removeState } from './remove-by-force.ts';
export {
  SandboxError,
  type SandboxErrorCode,
  type SandboxErrorFacts,
  sandboxError,
} from './sandbox-error.ts';
export { type HostProcessUse, sandboxProcesses } from './sandbox-overhead.ts';
export { DEFAULT_STATE_ROOT } from './state-paths.ts';
export { StateStore } from './state-store.ts';
export { Timings } from './timings.ts';
export { vmConfig } from './vm-config.ts';
