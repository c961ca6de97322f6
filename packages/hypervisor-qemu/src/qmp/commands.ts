import { boolean, integer, list, object, oneOf, record, type Shape, text, unknown } from '@hako/shape';

/**
 * A QMP command with the shapes of its two sides, as QEMU's QAPI schema documents them. Members of a reply that are not
 * named here are ignored, since newer QEMUs add some. Make more of them with `defineCommand`.
 */
export interface QmpCommand<Arguments, Reply> {
  readonly name: string;
  readonly reply: Shape<Reply>;
  readonly arguments?: Arguments;
}

/** A command without arguments unless the type says otherwise. */
export function defineCommand<Reply, Arguments = undefined>(
  name: string,
  reply: Shape<Reply>,
): QmpCommand<Arguments, Reply> {
  return { name, reply };
}

/** Replies that hold nothing. */
export const nothing: Shape<Readonly<Record<string, unknown>>> = record(unknown);

/** `RunState` of QAPI. */
export const runStates = [
  'debug',
  'inmigrate',
  'internal-error',
  'io-error',
  'paused',
  'postmigrate',
  'prelaunch',
  'finish-migrate',
  'restore-vm',
  'running',
  'save-vm',
  'shutdown',
  'suspended',
  'watchdog',
  'guest-panicked',
  'colo',
] as const;
export type RunState = (typeof runStates)[number];

export interface VmStatus {
  readonly status: RunState;
  readonly running: boolean;
}
export const queryStatus: QmpCommand<undefined, VmStatus> = defineCommand(
  'query-status',
  object<VmStatus>({ status: oneOf(runStates), running: boolean }, { status: true, running: true }),
);

export interface KvmInfo {
  readonly enabled: boolean;
  readonly present: boolean;
}
export const queryKvm: QmpCommand<undefined, KvmInfo> = defineCommand(
  'query-kvm',
  object<KvmInfo>({ enabled: boolean, present: boolean }, { enabled: true, present: true }),
);

export interface CpuInfo {
  readonly 'cpu-index': number;
  /** Id of the host thread that runs this vCPU. */
  readonly 'thread-id': number;
}
const int32Max = 2_147_483_647;
export const queryCpusFast: QmpCommand<undefined, readonly CpuInfo[]> = defineCommand(
  'query-cpus-fast',
  list(
    object<CpuInfo>(
      { 'cpu-index': integer(0, int32Max), 'thread-id': integer(0, int32Max) },
      { 'cpu-index': true, 'thread-id': true },
    ),
  ),
);

export interface CommandInfo {
  readonly name: string;
}
export const queryCommands: QmpCommand<undefined, readonly CommandInfo[]> = defineCommand(
  'query-commands',
  list(object<CommandInfo>({ name: text }, { name: true })),
);

/** Stops the vCPUs. */
export const stop: QmpCommand<undefined, unknown> = defineCommand('stop', nothing);
/** Lets the vCPUs run. */
export const cont: QmpCommand<undefined, unknown> = defineCommand('cont', nothing);
/** Ends QEMU. The connection may close before the reply. */
export const quit: QmpCommand<undefined, unknown> = defineCommand('quit', nothing);
/** Presses the ACPI power button. */
export const systemPowerdown: QmpCommand<undefined, unknown> = defineCommand('system_powerdown', nothing);
