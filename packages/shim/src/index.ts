export { EXEC_PROCESS_TYPE, execProcessSpec } from './exec-process.ts';
export { connectShim, type LaunchedShim, type LaunchShimOptions, launchShim } from './launch-shim.ts';
export { type ServeShimOptions, serveShim } from './serve-shim.ts';
export { ShimError, type ShimErrorCode, type ShimErrorFacts } from './shim-error.ts';
export { type SpawnSelfOptions, spawnSelf } from './spawn-self.ts';
export { STAND_IN_TYPE, standInOption } from './stand-in-option.ts';
export { connectTask, type TaskConnection } from './task-connection.ts';
export { taskMethods } from './task-methods.ts';
export { TaskService, type TaskServiceOptions } from './task-service.ts';
