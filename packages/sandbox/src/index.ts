export { Container, type ContainerEvents, type Exec } from './container.ts';
export { checkContainerId } from './container-id.ts';
export { type ContainerState, type ContainerStatus, parseContainerState } from './container-state.ts';
export type { CreateContainerOptions } from './create-container-options.ts';
export { isBlockDeviceMount, type RootfsDisk } from './disks/plan-disks.ts';
export { GuestProcess, type ProcessExit, type ProcessIo, type TerminalSize } from './guest-process.ts';
export type { GuestProcessInfo } from './guest-processes.ts';
export type { Host } from './host.ts';
export { joinCgroupOf } from './host-cgroup.ts';
export { hostCgroupPath } from './host-cgroup-path.ts';
export { Journal, type JournalEntry, readJournal } from './journal.ts';
export { liveState, shimIsAlive } from './liveness.ts';
export { posixHost } from './posix-host.ts';
export { runDuePoststop } from './poststop.ts';
export { recordAdmitted } from './record-admitted.ts';
export { removeByForce, removeState } from './remove-by-force.ts';
export { Sandbox } from './sandbox.ts';
export {
  SandboxError,
  type SandboxErrorCode,
  type SandboxErrorFacts,
  sandboxError,
} from './sandbox-error.ts';
export type { SandboxOptions } from './sandbox-options.ts';
export { type HostProcessUse, sandboxProcesses } from './sandbox-overhead.ts';
export { SandboxSize } from './sizing/sandbox-size.ts';
export { spareKey } from './spare/spare-key.ts';
export {
  type AdoptedMachine,
  clearSpareFolder,
  SpareMachine,
  type SpareMachineOptions,
} from './spare/spare-machine.ts';
export { type ContainerPaths, DEFAULT_STATE_ROOT, type SandboxPaths } from './state-paths.ts';
export type { ShimRecord } from './state-reader.ts';
export { StateStore } from './state-store.ts';
export { destroyTemplates } from './templates/destroy-templates.ts';
export { type MadeTemplate, type MakeTemplateOptions, makeTemplate } from './templates/make-template.ts';
export { type StoredTemplate, TemplateStore } from './templates/template-store.ts';
export { type Phase, Timings } from './timings.ts';
export { undoJournal } from './undo.ts';
