export {
  type ArgumentsOf,
  type CommandInfo,
  type CpuInfo,
  cont,
  defineCommand,
  defineUncheckedCommand,
  type KvmInfo,
  nothing,
  type QmpCommand,
  queryCommands,
  queryCpusFast,
  queryKvm,
  queryStatus,
  quit,
  type RunState,
  runStates,
  stop,
  systemPowerdown,
  type VmStatus,
} from './commands.ts';
export { closeDescriptor, getDescriptor } from './descriptor-commands.ts';
export type { QmpEvent } from './event-queue.ts';
export type { QmpCommands, QmpEvents } from './gen/schema.ts';
export { type ExecuteOptions, QmpClient, type QmpClientOptions } from './qmp-client.ts';
export { isQmpError, QmpError, type QmpErrorCode, type QmpErrorFacts } from './qmp-error.ts';
