export { openReadable, openWritable } from './byte-stream.ts';
export { type FileLock, type LockFileOptions, type LockMode, lockFile, tryFlock } from './file-lock.ts';
export { closeOnExecFrom } from './inherited-fds.ts';
export {
  type BindMountOptions,
  bindMount,
  type MountPropagation,
  type MountRequest,
  mount,
  mountFlags,
  setMountPropagation,
  unmount,
} from './mount.ts';
export { O_PATH, type OpenBeneathOptions, openBeneath } from './open-beneath.ts';
export { makePipe } from './pipe.ts';
export {
  type ErrnoName,
  errnoName,
  fromNodeError,
  isPosixError,
  PosixError,
  type PosixErrorFacts,
} from './posix-error.ts';
export {
  type ChildExit,
  isProcessAlive,
  killExact,
  type ProcessStatus,
  processStartTime,
  processStatus,
  reapChild,
  setChildSubreaper,
} from './process.ts';
export { openPty, type Pty, setWindowSize, type WindowSize, windowSize } from './pty.ts';
export { connectUnix, type ListenUnixOptions, listenUnix } from './unix-socket.ts';
