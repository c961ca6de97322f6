// The side of those who start a shim or call one; without the shim itself, so that commands start at once.
export { execProcessSpec } from './exec-process.ts';
export { connectShim, type LaunchedShim, type LaunchShimOptions, launchShim } from './launch-shim.ts';
export { type SpawnSelfOptions, spawnSelf } from './spawn-self.ts';
export { standInOption } from './stand-in-option.ts';
export { connectTask, type TaskConnection } from './task-connection.ts';
export { taskResources } from './task-resources.ts';
