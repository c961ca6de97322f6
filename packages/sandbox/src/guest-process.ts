import type { Readable, Writable } from 'node:stream';
import type { AgentClient } from '@hako/agent-client';
import { closableInput } from './closable-input.ts';
import { copyOutput } from './stream-copy.ts';

const SIGKILL = 9;

/** The caller's ends of a process's streams; what is absent is discarded, or empty for stdin. */
export interface ProcessIo {
  readonly stdin?: Readable | undefined;
  readonly stdout?: Writable | undefined;
  readonly stderr?: Writable | undefined;
  /** The process has a terminal: one stream for both outputs, and an end of input that is typed. Default false. */
  readonly terminal?: boolean;
}

/** Terminal size in characters. */
export interface TerminalSize {
  readonly rows: number;
  readonly columns: number;
}

/** How a process ended. */
export interface ProcessExit {
  /** 0 to 255; 128 + n for signal n. */
  readonly status: number;
  readonly at: Date;
}

/** How a process is begun with. */
export interface AttachOptions {
  /** The call that makes or starts it, which may have no answer yet. Where it fails there is no end of the process to be seen. */
  readonly started?: Promise<unknown>;
  /** The agent keeps the status, and unread output, of a process whose status was asked for (KEPT_STATUS_FEATURE). */
  readonly statusIsKept?: boolean;
}

/**
 * One process in the guest, a container's init or an exec, with its streams.
 *
 * `attach` begins to move bytes and to wait, at the earliest right behind the call that makes the process; once is enough.
 * `exited` resolves after the last byte of output was handed to its stream: whoever sees the status has seen all output.
 */
export class GuestProcess {
  readonly #agent: AgentClient;
  readonly #containerId: string;
  readonly #execId: string;
  readonly #io: ProcessIo;
  #isAttached = false;
  readonly #stdinDone = new AbortController();
  /** The end of input was asked for, perhaps before anything was sent. */
  readonly #stdinClosing = new AbortController();
  #sending: Promise<void> | undefined;
  /** It was killed: whoever does not read its output does not keep its end from being told. */
  readonly #killed = new AbortController();
  readonly #exit = Promise.withResolvers<ProcessExit>();

  constructor(agent: AgentClient, containerId: string, execId: string, io: ProcessIo) {
    this.#agent = agent;
    this.#containerId = containerId;
    this.#execId = execId;
    this.#io = io;
    // Whoever asks for the exit handles its failure; nobody asking is not an unhandled rejection.
    this.#exit.promise.catch(() => {});
  }

  get exited(): Promise<ProcessExit> {
    return this.#exit.promise;
  }

  get isAttached(): boolean {
    return this.#isAttached;
  }

  attach(options: AttachOptions = {}): void {
    if (this.#isAttached) return;
    this.#isAttached = true;
    const { started, statusIsKept = false } = options;
    const { stdin, stdout, stderr, terminal = false } = this.#io;
    const ids = [this.#containerId, this.#execId] as const;
    const beginning = started === undefined ? {} : { started };
    const { signal: killed } = this.#killed;
    const outputs = [copyOutput(this.#agent.processStdout(...ids, beginning), stdout, killed)];
    if (!terminal) outputs.push(copyOutput(this.#agent.processStderr(...ids, beginning), stderr, killed));
    // No stdin at all is an empty one; but nobody types an end into a terminal that only shows output.
    if (stdin !== undefined || !terminal) this.#sending = this.#sendInput(stdin ?? [], beginning);
    const waiting = statusIsKept ? this.#wait().catch(() => undefined) : undefined;
    void this.#settle(outputs, waiting, started);
  }

  async signal(signal: number): Promise<void> {
    await this.#agent.signalProcess({ containerId: this.#containerId, execId: this.#execId, signal });
    if (signal === SIGKILL) this.wasKilled();
  }

  /** It was sent SIGKILL, by itself or with all of its container. */
  wasKilled(): void {
    this.#killed.abort();
  }

  /**
   * Ends its input, after what the caller has written so far, which is not waited for: a process may never read it. Where
   * it does not run yet, that comes once it does.
   */
  async closeStdin(): Promise<void> {
    this.#stdinClosing.abort();
    if (this.#isAttached && this.#sending === undefined) await this.#closeGuestStdin();
  }

  /** Changes the terminal's size; the foreground processes get SIGWINCH. */
  async resize({ rows, columns }: TerminalSize): Promise<void> {
    const ids = { containerId: this.#containerId, execId: this.#execId };
    await this.#agent.ttyWinResize({ ...ids, row: rows, column: columns });
  }

  /** Ends the wait without a status from the guest: the VM is gone, or the process never ran. */
  abandon(status: number): void {
    this.#finish(status);
  }

  async #sendInput(
    source: Readable | readonly Uint8Array[],
    beginning: Pick<AttachOptions, 'started'>,
  ): Promise<void> {
    const { signal } = this.#stdinDone;
    try {
      const input = Array.isArray(source) ? source : closableInput(source, this.#stdinClosing.signal);
      await this.#agent.sendStdin(this.#containerId, this.#execId, input, { signal, ...beginning });
    } catch {
      // The process ended or closed its stdin: what the caller still writes goes nowhere, as with a pipe.
      this.#io.stdin?.destroy();
      // Or the caller's terminal was hung up, which is an end of input.
      if (this.#io.terminal === true && !signal.aborted) await this.#closeGuestStdin().catch(() => {});
    }
  }

  async #closeGuestStdin(): Promise<void> {
    await this.#agent.closeStdin({ containerId: this.#containerId, execId: this.#execId });
  }

  #wait(): Promise<{ readonly status: number }> {
    return this.#agent.waitProcess({ containerId: this.#containerId, execId: this.#execId });
  }

  async #settle(
    outputs: readonly Promise<void>[],
    waiting: Promise<{ readonly status: number } | undefined> | undefined,
    started: Promise<unknown> | undefined,
  ): Promise<void> {
    const copied = Promise.all(outputs);
    copied.catch(() => {});
    try {
      await started;
    } catch {
      return;
    }
    try {
      // Output first: an agent may forget the process, and its unread output, once its status was collected.
      await copied;
      const reply = (await waiting) ?? (await this.#wait());
      this.#finish(reply.status & 0xff);
    } catch (error) {
      // A broken connection is the machine's end, or leads to it; that comes by `abandon`, with its cause.
      if (!this.#agent.isOpen) return;
      this.#closeStreams();
      this.#exit.reject(error);
    }
  }

  #finish(status: number): void {
    this.#closeStreams();
    this.#exit.resolve({ status, at: new Date() });
  }

  #closeStreams(): void {
    this.#stdinDone.abort();
    this.#io.stdin?.destroy();
    this.#io.stdout?.destroy();
    this.#io.stderr?.destroy();
  }
}
