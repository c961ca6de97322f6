import { closeSync } from 'node:fs';
import { AgentError } from './agent-error.ts';
import type { Machine, ProcessPipes } from './system/machine.ts';

/** How long output is waited for after a process's end; as in Kata's agent, less what the last read takes. */
const drainMs = 450;

/** What shells answer for a command that could not be run. */
const notStartedStatus = 126;

/**
 * A process of a container: its first one, or an exec.
 *
 * States: new (streams are there), running (after `started`: also an init that does not run the user's command yet),
 * exited.
 */
export class GuestProcess {
  readonly execId: string;
  readonly #machine: Machine;
  readonly #pipes: ProcessPipes;
  readonly #exit: Promise<number>;
  #resolveExit: (status: number) => void = () => {};
  #pid: number | undefined;
  #exited = false;

  constructor(machine: Machine, execId: string) {
    this.execId = execId;
    this.#machine = machine;
    this.#pipes = machine.makePipes();
    this.#exit = new Promise((resolve) => {
      this.#resolveExit = resolve;
    });
  }

  get childFds(): ProcessPipes['childFds'] {
    return this.#pipes.childFds;
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

  /** The process has its ends of the pipes, or never will. */
  closeChildFds(): void {
    for (const fd of this.#pipes.childFds) closeSync(fd);
  }

  started(pid: number): void {
    this.#pid = pid;
    void this.#machine.adopt(pid).then((status) => {
      this.#pipes.stdin.close();
      this.#pipes.stdout.drainWithin(drainMs);
      this.#pipes.stderr.drainWithin(drainMs);
      this.#end(status);
    });
  }

  /** The process could not be started: it has ended for whoever asks, and its streams too. */
  abandon(): void {
    this.#end(notStartedStatus);
    this.close();
  }

  /** Some output, or nothing at its end. See PipeReader.read. */
  readOutput(stream: 'stdout' | 'stderr', maxBytes: number, signal?: () => AbortSignal): Promise<Uint8Array> {
    return this.#pipes[stream].read(maxBytes, signal);
  }

  /** Throws AgentError `failed-precondition` when stdin is closed. */
  async writeInput(bytes: Uint8Array): Promise<void> {
    await this.#pipes.stdin.write(bytes);
  }

  closeInput(): void {
    this.#pipes.stdin.end();
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
    return this.#pipes.stdout.ended && this.#pipes.stderr.ended;
  }

  #end(status: number): void {
    this.#exited = true;
    this.#resolveExit(status);
  }

  /** Ends all streams at once. */
  close(): void {
    this.#pipes.stdin.close();
    this.#pipes.stdout.close();
    this.#pipes.stderr.close();
  }
}
