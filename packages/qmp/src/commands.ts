import { boolean, integer, list, object, oneOf, record, type Shape, text, unknown } from '@hako/shape';
import type { QmpCommands } from './gen/schema.ts';

/**
 * A QMP command with the shape of its reply. Members of a reply that are not named in the shape are ignored, since newer QEMUs
 * add some. Make more of them with `defineCommand`.
 */
export interface QmpCommand<Arguments, Reply> {
  readonly name: string;
  readonly reply: Shape<Reply>;
  readonly arguments?: Arguments;
}

/** Arguments of a command as QEMU's schema has them; undefined where it has none. */
export type ArgumentsOf<Name extends keyof QmpCommands> = keyof QmpCommands[Name]['arguments'] extends never
  ? undefined
  : QmpCommands[Name]['arguments'];

/**
 * A command of the schema. The compiler knows its arguments, and holds `reply` to it: what the shape demands of a reply, every
 * reply has.
 */
export function defineCommand<const Name extends keyof QmpCommands, Reply>(
  name: Name,
  reply: Shape<Reply> & (QmpCommands[Name]['reply'] extends Reply ? unknown : never),
): QmpCommand<ArgumentsOf<Name>, Reply> {
  return { name, reply };
}

/** A command that the schema does not have, or not with these arguments: of another QEMU, or with members that it leaves open. */
export function defineUncheckedCommand<Arguments, Reply>(
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
