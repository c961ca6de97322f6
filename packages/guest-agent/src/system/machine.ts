import type { FolderOf } from './bind-across.ts';
import type { PipeReader } from './pipe-reader.ts';
import type { PipeWriter } from './pipe-writer.ts';
import type { Terminal } from './terminal.ts';

export interface MountRequest {
  readonly source: string;
  readonly target: string;
  /** Absent for binds and remounts. */
  readonly type?: string;
  /** Flags of mount(2). */
  readonly flags: number;
  readonly data?: string;
}

export interface Command {
  /** Program, looked up in PATH, and its arguments. */
  readonly args: readonly string[];
  /** Descriptors for stdin, stdout and stderr. Default: /dev/null. */
  readonly stdio?: readonly [stdin: number, stdout: number, stderr: number];
  /**
   * Without address space randomization, for the program and what it starts. A program that comes again and again is
   * then run from the same addresses, which an emulated machine has translated already: a third of the time.
   */
  readonly fixedAddresses?: boolean;
}

/** Both ends of a new process's three streams. */
export interface ProcessPipes {
  readonly stdin: PipeWriter;
  readonly stdout: PipeReader;
  readonly stderr: PipeReader;
  /** What the process gets; to be closed here once it has them. */
  readonly childFds: readonly [stdin: number, stdout: number, stderr: number];
}

/** A socket for the terminal that crun makes for a new process (`--console-socket`). */
export interface ConsoleOffer {
  readonly path: string;
  /** The terminal, once crun has ended. Throws AgentError `internal`. */
  receive(): Terminal;
  close(): void;
}

/** All that the agent asks of the machine it runs on, beside reading and writing files. */
export interface Machine {
  /** Runs a program to its end; answers its exit status (128 and the number when a signal ended it). */
  run(command: Command): Promise<number>;
  /** Starts a program; answers its pid, and its exit status when it has ended. */
  start(command: Command): Promise<{ readonly pid: number; readonly exited: Promise<number> }>;
  /**
   * While `birth` runs, orphans are not reaped, so that it can tell the pid of one to `adopt`.
   */
  during<T>(birth: () => Promise<T>): Promise<T>;
  /** Exit status of a process that became the agent's child, when it has ended. */
  adopt(pid: number): Promise<number>;
  /** kill(2). False when there is no such process. */
  kill(pid: number, signal: number): boolean;
  makePipes(): ProcessPipes;
  /** Listens at `path`, which must not exist. Throws AgentError `internal`. */
  offerConsole(path: string): ConsoleOffer;
  /** mount(2). Throws AgentError `internal`. */
  mount(request: MountRequest): void;
  /** Shows a folder with the mounts below it in another one, also across mount namespaces. Throws AgentError `internal`. */
  bindAcross(source: FolderOf, target: FolderOf): void;
  /** Takes the mount out of the tree; false when there is none. */
  unmount(target: string): boolean;
  setClock(seconds: bigint, microseconds: bigint): void;
  addEntropy(bytes: Uint8Array): void;
  loopbackUp(): void;
  /** Sends a request to the kernel's routing netlink; the datagrams of its answer. Throws AgentError `internal`. */
  netlink(request: Uint8Array): readonly Uint8Array[];
  /** Calls `changed` when a device comes, goes or changes, until the answered function is called. Throws AgentError. */
  watchDevices(changed: () => void): () => void;
  /** How long a plugged device may take to appear; undefined for the usual time. */
  readonly deviceTimeoutMs?: number | undefined;
  /** Makes all programs and modules of the guest reachable: a start does without most. Throws AgentError `internal`. */
  mountImage(): Promise<void>;
  /** Loads kernel modules and what they need; those that are loaded or built in are passed over. Throws AgentError. */
  loadModules(names: readonly string[]): Promise<void>;
  /**
   * Makes a mounted file system larger, up to `bytes`. Throws AgentError `failed-precondition` for one that cannot grow,
   * `internal`.
   */
  growFileSystem(path: string, bytes: bigint): void;
  sync(): void;
  powerOff(): void;
}
