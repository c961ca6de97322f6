export { becomeProgram } from './become-program.ts';
export { blockSignals } from './block-signals.ts';
export { openReadable, openWritable, readableFrom, writableFrom } from './byte-stream.ts';
export { claimContextId, type VhostVsock } from './claim-context-id.ts';
export { connectDescriptorChannel, type DescriptorChannel } from './descriptor-channel.ts';
export { type FileLock, type LockFileOptions, type LockMode, lockFile, tryFlock } from './file-lock.ts';
export { closeOnExecFrom } from './inherited-fds.ts';
export { parseKernelList } from './kernel-list.ts';
export { memoryFile } from './memory-file.ts';
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
export { type NamespaceType, namespaceType } from './namespace-type.ts';
export { inNetworkNamespace } from './network-namespace.ts';
export { O_PATH, type OpenBeneathOptions, openBeneath } from './open-beneath.ts';
export { type ReceivedDescriptor, receiveDescriptor, sendDescriptor } from './pass-descriptor.ts';
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
  keepingCapabilities,
  killExact,
  processStartTime,
  reapChild,
  setChildSubreaper,
} from './process.ts';
export { type ProcessStatus, processStatus } from './process-status.ts';
export {
  makeTerminalRaw,
  openPty,
  type Pty,
  restoreTerminal,
  setWindowSize,
  type TerminalMode,
  terminalMode,
  type WindowSize,
  windowSize,
} from './pty.ts';
export { releaseProgramPages } from './release-program-pages.ts';
export { withShortSocketPath } from './short-socket-path.ts';
export { signalMask } from './signal-mask.ts';
export { type AllPorts, takeAllPorts } from './take-all-ports.ts';
export { replaceDescriptor, takeDescriptor } from './take-descriptor.ts';
export { type OpenTapOptions, openTap } from './tap.ts';
export { setThreadCpus, threadCpus } from './thread-cpus.ts';
export {
  acceptUnix,
  connectUnix,
  connectUnixDescriptor,
  type ListenUnixOptions,
  listenUnix,
} from './unix-socket.ts';
export { type ConnectVsockOptions, connectVsock, type VsockAddress } from './vsock.ts';
