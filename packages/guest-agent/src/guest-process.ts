import { closeSync } from 'node:fs';
import { AgentError } from './agent-error.ts';
import type { ConsoleOffer, Machine, ProcessPipes } from './system/machine.ts';
import type { Output, PipeReader } from './system/pipe-reader.ts';
import type { PipeWriter } from './system/pipe-writer.ts';
import type { Terminal, TerminalSize } from './system/terminal.ts';

/** How long output is waited for after a process's end; as in Kata's agent, less what the last read takes. */
const drainMs = 450;

/** What shells answer for a command that could not be run. */
const notStartedStatus = 126;

const endOfFile = new Uint8Array(0);

/** Through what a process speaks; one with a terminal has no stderr of its own. */
interface Streams {
  readonly stdin: PipeWriter;
  readonly stdout: PipeReader;
  readonly stderr: PipeReader | undefined;
}

/**
 * A process of a container: its first one, or an exec.
 *
 * States: new (its pipes are there; a terminal is not yet), running (after `started`: also an init that does not run
 * the user's command yet), exited.
 */
export class GuestProcess {
  readonly execId: string;
  readonly #machine: Machine;
  readonly #exit: Promise<number>;
  #streams: Streams | undefined;
  #childFds: ProcessPipes['childFds'] | undefined;
  #console: ConsoleOffer | undefined;
  #terminal: Terminal | undefined;
  #resolveExit: (status: number) => void = () => {};
  #pid: number | undefined;
  #exited = false;

  /** @param consolePath socket for its terminal; without one it gets pipes */
  constructor(machine: Machine, execId: string, consolePath?: string) {
    this.execId = execId;
    this.#machine = machine;
    if (consolePath === undefined) {
      const pipes = machine.makePipes();
      this.#streams = pipes;
      this.#childFds = pipes.childFds;
    } else {
      this.#console = machine.offerConsole(consolePath);
    }
    this.#exit = new Promise((resolve) => {
      this.#resolveExit = resolve;
    });
  }

  /** What crun hands to the process; undefined for one with a terminal. */
  get childFds(): ProcessPipes['childFds'] | undefined {
    return this.#childFds;
  }

  /** Options of crun's create and exec for this process. */
  get crunOptions(): readonly string[] {
    return this.#console === undefined ? [] : ['--console-socket', this.#console.path];
  }

  /** The process's pid in the guest; undefined before it is there and after its end. */
  get pid(): number | undefined {
    return this.#exited ? undefined : this.#pid;
  }

  get exited(): boolean {
    return this.#exited;
  }

  /** Fulfilled at its end: 0 to 255, or 128 and the number of the signal. */
  get exit(): Promise<number> {
    return this.#exit;
  }

  /** crun has ended: what was only for it is closed. */
  closeChildEnds(): void {
    for (const fd of this.#childFds ?? []) closeSync(fd);
    this.#childFds = undefined;
    this.#console?.close();
    this.#console = undefined;
  }

  /** Takes the terminal that crun made. To be called between its success and `closeChildEnds`. */
  takeTerminal(): void {
    if (this.#console === undefined) return;
    const terminal = this.#console.receive();
    this.#terminal = terminal;
    this.#streams = { stdin: terminal.stdin, stdout: terminal.stdout, stderr: undefined };
  }

  /** @param exited its exit status, where it is no orphan that is adopted only now */
  started(pid: number, exited: Promise<number> = this.#machine.adopt(pid)): void {
    this.#pid = pid;
    void exited.then((status) => {
      this.#streams?.stdin.close();
      this.#streams?.stdout.drainWithin(drainMs);
      this.#streams?.stderr?.drainWithin(drainMs);
      this.#end(status);
    });
  }

  /** The process could not be started: it has ended for whoever asks, and its streams too. */
  abandon(): void {
    this.#end(notStartedStatus);
    this.close();
  }

  /** Some output, or nothing at its end. See PipeReader.read. */
  async readOutput(
    stream: 'stdout' | 'stderr',
    maxBytes: number,
    signal?: () => AbortSignal,
  ): Promise<Output> {
    const reader = this.#openStreams()[stream];
    return reader === undefined ? endOfFile : reader.read(maxBytes, signal);
  }

  /** Nobody reads this output any more: the process gets SIGPIPE when it writes, or SIGHUP at its terminal. */
  closeOutput(stream: 'stdout' | 'stderr'): void {
    const streams = this.#openStreams();
    streams[stream]?.close();
    // Only both descriptors of a terminal's master side hang it up.
    if (this.#terminal !== undefined && stream === 'stdout') streams.stdin.close();
  }

  /** Throws AgentError `failed-precondition` when stdin is closed. */
  async writeInput(bytes: Uint8Array): Promise<void> {
    await this.#openStreams().stdin.write(bytes);
  }

  /** Closes a pipe; types Ctrl-D into a terminal. */
  closeInput(): void {
    this.#openStreams().stdin.end();
  }

  /** Throws AgentError `failed-precondition` for a process without a terminal. */
  resize(size: TerminalSize): void {
    if (this.#terminal === undefined) {
      throw new AgentError('failed-precondition', `process ${this.execId} has no terminal`);
    }
    this.#terminal.resize(size);
  }

  /** Sends a signal; nothing happens to a process that has ended. Throws AgentError. */
  signal(signal: number): void {
    if (this.#pid === undefined) {
      throw new AgentError('failed-precondition', `process ${this.execId} has not started yet`);
    }
    if (!this.#exited) this.#machine.kill(this.#pid, signal);
  }

  /** Both outputs were read to their ends. */
  get drained(): boolean {
    const { stdout, stderr } = this.#streams ?? {};
    return (stdout?.ended ?? true) && (stderr?.ended ?? true);
  }

  #openStreams(): Streams {
    if (this.#streams !== undefined) return this.#streams;
    throw new AgentError('failed-precondition', `process ${this.execId} has no terminal yet`);
  }

  #end(status: number): void {
    this.#exited = true;
    this.#resolveExit(status);
  }

  /** Ends all streams at once. */
  close(): void {
    this.closeChildEnds();
    this.#streams?.stdin.close();
    this.#streams?.stdout.close();
    this.#streams?.stderr?.close();
  }
}
