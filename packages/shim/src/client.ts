// The side of those who start a shim or call one; without the shim itself, so that commands start at once.
export { connectShim } from './connect-shim.ts';
export { execProcessSpec } from './exec-process.ts';
export { type LaunchedShim, type LaunchShimOptions, launchShim } from './launch-shim.ts';
export { type MachineCacheChoice, machineCacheOf } from './machine-cache/machine-cache-choice.ts';
export { type SpawnOptions, selfCommand, spawnProgram, spawnSelf } from './spawn-self.ts';
export { type HostProcess, standInOption } from './stand-in-option.ts';
export { STAND_IN_FDS, type StandInPlace } from './stand-in-place.ts';
export { connectTask, type TaskConnection } from './task-connection.ts';
export { taskResources } from './task-resources.ts';
export { cpuFigures, ioFigures, memoryAndSwap, nanoseconds } from './v1-figures.ts';
