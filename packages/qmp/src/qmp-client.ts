import type { Duplex } from 'node:stream';
import { formatProblem, makeVisible } from '@hako/errors';
import { check, integer, object, type Shape, text, unknown } from '@hako/shape';
import type { QmpCommand } from './commands.ts';
import { EventQueue, type QmpEvent } from './event-queue.ts';
import { MessageReader } from './message-reader.ts';
import { type QmpError, qmpError } from './qmp-error.ts';

export interface QmpClientOptions {
  /** How long greeting and negotiation, and each command by default, may take. Default 10 000. */
  readonly timeoutMs?: number;
  /** Longest message that QEMU may send. Default 4 MiB (the whole schema is about 250 KiB). */
  readonly maxMessageBytes?: number;
  /** Sends text with a descriptor over the stream's socket (SCM_RIGHTS). Default: descriptors cannot be sent. */
  readonly sendDescriptor?: (fd: number, text: string) => void;
}

export interface ExecuteOptions {
  readonly timeoutMs?: number;
  /** Goes beside the command, for `getfd`. It stays open here. */
  readonly descriptor?: number;
}

interface Greeting {
  readonly version: {
    readonly qemu: { readonly major: number; readonly minor: number; readonly micro: number };
  };
}
const versionNumber = integer(0, 10_000);
const greetingShape: Shape<{ readonly QMP: Greeting }> = object<{ readonly QMP: Greeting }>(
  {
    QMP: object<Greeting>(
      {
        version: object<Greeting['version']>(
          {
            qemu: object<Greeting['version']['qemu']>(
              { major: versionNumber, minor: versionNumber, micro: versionNumber },
              { major: true, minor: true, micro: true },
            ),
          },
          { qemu: true },
        ),
      },
      { version: true },
    ),
  },
  { QMP: true },
);

interface ErrorReply {
  readonly class: string;
  readonly desc: string;
}
const errorShape: Shape<ErrorReply> = object<ErrorReply>(
  { class: text, desc: text },
  { class: true, desc: true },
);

interface Pending {
  readonly command: string;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: QmpError) => void;
  readonly timer: NodeJS.Timeout;
}

const negotiate: QmpCommand<undefined, unknown> = { name: 'qmp_capabilities', reply: unknown };

/**
 * Client of QEMU's monitor protocol (QMP) over any duplex stream. Commands may overlap: replies are matched by id.
 * `connecting` -> `ready` -> `closed`; after an error of the protocol the connection is closed, since nothing that follows
 * could be trusted. The client owns the stream.
 */
export class QmpClient {
  /** QEMU's version. */
  readonly version: Readonly<Greeting['version']['qemu']>;
  /** Resolves when the connection has ended, with what ended it; undefined after `close`. Never rejects. */
  readonly closed: Promise<QmpError | undefined>;
  readonly #connection: Connection;

  private constructor(connection: Connection, version: Greeting['version']['qemu']) {
    this.#connection = connection;
    this.version = version;
    this.closed = connection.closed;
  }

  /** Waits for the greeting and leaves negotiation mode. Rejects with QmpError ; the stream is then destroyed. */
  static async connect(stream: Duplex, options: QmpClientOptions = {}): Promise<QmpClient> {
    const connection = new Connection(stream, options);
    try {
      const greeting = await connection.greeting();
      await connection.execute(negotiate, undefined, {});
      return new QmpClient(connection, greeting.version.qemu);
    } catch (error) {
      connection.end(undefined);
      throw error;
    }
  }

  /**
   * Runs a command and checks its reply. Rejects with QmpError `command-failed` (QEMU refused it), `timeout` (the command
   * may still take effect), `closed` or `protocol`.
   */
  execute<Reply>(
    command: QmpCommand<undefined, Reply>,
    args?: undefined,
    options?: ExecuteOptions,
  ): Promise<Reply>;
  execute<Arguments, Reply>(
    command: QmpCommand<Arguments, Reply>,
    args: Arguments,
    options?: ExecuteOptions,
  ): Promise<Reply>;
  async execute<Arguments, Reply>(
    command: QmpCommand<Arguments, Reply>,
    args?: Arguments,
    options: ExecuteOptions = {},
  ): Promise<Reply> {
    return await this.#connection.execute(command, args, options);
  }

  /** Events from now on; each call is a listener of its own. Leave the loop (or call `return`) to end it. */
  events(): AsyncIterableIterator<QmpEvent> {
    return this.#connection.events();
  }

  /** Ends the connection. Pending commands reject with `closed`. Idempotent. */
  close(): void {
    this.#connection.end(undefined);
  }
}

class Connection {
  readonly closed: Promise<QmpError | undefined>;
  readonly #stream: Duplex;
  readonly #timeoutMs: number;
  readonly #sendDescriptor: QmpClientOptions['sendDescriptor'];
  /** Resolves when all that was written has been taken by the socket. */
  #written: Promise<void> = Promise.resolve();
  readonly #pending = new Map<number, Pending>();
  readonly #listeners = new Set<EventQueue>();
  #nextId = 1;
  #ended = false;
  #resolveClosed: (error: QmpError | undefined) => void = () => undefined;
  /** Takes the one message that comes before any command. */
  #greeting: Pending | undefined;
  #early: Readonly<Record<string, unknown>> | undefined;

  constructor(stream: Duplex, options: QmpClientOptions) {
    this.#stream = stream;
    this.#timeoutMs = options.timeoutMs ?? 10_000;
    this.#sendDescriptor = options.sendDescriptor;
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
    const reader = new MessageReader(options.maxMessageBytes ?? 4 * 1024 * 1024);
    stream.on('data', (chunk: Uint8Array) => {
      if (this.#ended) return;
      try {
        for (const message of reader.push(chunk)) this.#accept(message);
      } catch (error) {
        this.end(error as QmpError);
      }
    });
    stream.on('error', (error) => this.end(qmpError('closed', 'the connection to QEMU failed', {}, error)));
    const gone = (): void => this.end(qmpError('closed', 'QEMU closed its monitor connection'));
    stream.on('end', gone);
    stream.on('close', gone);
  }

  async greeting(): Promise<Greeting> {
    const message = await new Promise<unknown>((resolve, reject) => {
      this.#greeting = this.#pend('greeting', this.#timeoutMs, resolve, reject, () => {
        this.#greeting = undefined;
      });
      if (this.#early !== undefined) this.#accept(this.#early);
    });
    return checked(greetingShape, message, 'greeting').QMP;
  }

  async execute<Arguments, Reply>(
    command: QmpCommand<Arguments, Reply>,
    args: Arguments | undefined,
    options: ExecuteOptions,
  ): Promise<Reply> {
    if (this.#ended)
      throw qmpError('closed', `cannot run ${command.name}: the connection has ended`, {
        command: command.name,
      });
    const id = this.#nextId++;
    const reply = await new Promise<unknown>((resolve, reject) => {
      const timeoutMs = options.timeoutMs ?? this.#timeoutMs;
      this.#pending.set(
        id,
        this.#pend(command.name, timeoutMs, resolve, reject, () => this.#forget(id)),
      );
      const message = { execute: command.name, ...(args === undefined ? {} : { arguments: args }), id };
      this.#send(`${JSON.stringify(message)}\n`, options.descriptor).catch((cause: unknown) => {
        clearTimeout(this.#pending.get(id)?.timer);
        this.#pending.delete(id);
        const facts = { command: command.name };
        reject(qmpError('closed', `${command.name} could not be sent to QEMU`, facts, cause));
      });
    });
    return checked(command.reply, reply, command.name);
  }

  /** In turn: a descriptor travels with exactly its command. Rejects only where a descriptor cannot be sent. */
  #send(text: string, descriptor: number | undefined): Promise<void> {
    const sent = this.#written.then(() =>
      descriptor === undefined ? this.#write(text) : this.#writeWith(descriptor, text),
    );
    this.#written = sent.catch(() => undefined);
    return sent;
  }

  /** An error of the stream ends the connection, and with it every command. */
  #write(text: string): Promise<void> {
    return new Promise((resolve) => {
      this.#stream.write(text, () => resolve());
    });
  }

  #writeWith(descriptor: number, text: string): void {
    if (this.#sendDescriptor === undefined) throw new Error('this connection carries no descriptors');
    this.#sendDescriptor(descriptor, text);
  }

  events(): EventQueue {
    const queue = new EventQueue((ended) => this.#listeners.delete(ended));
    if (this.#ended) queue.end();
    else this.#listeners.add(queue);
    return queue;
  }

  end(error: QmpError | undefined): void {
    if (this.#ended) return;
    this.#ended = true;
    const pending = [...this.#pending.values(), ...(this.#greeting === undefined ? [] : [this.#greeting])];
    this.#pending.clear();
    this.#greeting = undefined;
    for (const { command, reject, timer } of pending) {
      clearTimeout(timer);
      reject(
        error?.code === 'protocol'
          ? error
          : qmpError('closed', `the connection to QEMU ended during ${command}`, { command }, error),
      );
    }
    for (const listener of this.#listeners) listener.end();
    this.#listeners.clear();
    this.#stream.destroy();
    this.#resolveClosed(error);
  }

  /** Replies to commands that timed out are expected and dropped; the id is kept so that they are not taken for garbage. */
  readonly #forgotten = new Set<number>();
  #forget(id: number): void {
    this.#pending.delete(id);
    this.#forgotten.add(id);
  }

  #pend(
    command: string,
    timeoutMs: number,
    resolve: (value: unknown) => void,
    reject: (error: Error) => void,
    onTimeout: () => void,
  ): Pending {
    const timer = setTimeout(() => {
      onTimeout();
      reject(
        qmpError('timeout', `QEMU did not answer ${command} within ${timeoutMs} ms`, {
          command,
          timeoutMs,
        }),
      );
    }, timeoutMs);
    return { command, resolve, reject, timer };
  }

  #accept(message: Readonly<Record<string, unknown>>): void {
    if (typeof message.event === 'string') {
      this.#acceptEvent(message.event, message);
    } else if ('QMP' in message) {
      this.#acceptGreeting(message);
    } else {
      this.#acceptReply(message);
    }
  }

  #acceptGreeting(message: Readonly<Record<string, unknown>>): void {
    if (this.#greeting === undefined) {
      if (this.#nextId > 1) throw qmpError('protocol', 'QEMU greeted in the middle of a session');
      this.#early = message;
      return;
    }
    clearTimeout(this.#greeting.timer);
    this.#greeting.resolve(message);
    this.#greeting = undefined;
  }

  #acceptEvent(event: string, message: Readonly<Record<string, unknown>>): void {
    const { data, timestamp } = message;
    const at = isRecord(timestamp) ? timestamp : {};
    const number = (value: unknown): number => (typeof value === 'number' ? value : 0);
    const queued: QmpEvent = {
      event,
      data: isRecord(data) ? data : {},
      timestampUs: number(at.seconds) * 1_000_000 + number(at.microseconds),
    };
    for (const listener of this.#listeners) listener.push(queued);
  }

  #acceptReply(message: Readonly<Record<string, unknown>>): void {
    const { id } = message;
    const pending = typeof id === 'number' ? this.#pending.get(id) : undefined;
    if (typeof id !== 'number' || pending === undefined) {
      if (typeof id === 'number' && this.#forgotten.delete(id)) return;
      throw qmpError('protocol', 'QEMU answered a command that was not given');
    }
    const failure = 'error' in message ? checked(errorShape, message.error, pending.command) : undefined;
    this.#pending.delete(id);
    clearTimeout(pending.timer);
    if (failure === undefined) {
      pending.resolve(message.return);
      return;
    }
    const { class: qmpClass, desc } = failure;
    const description = makeVisible(desc.slice(0, 1000));
    pending.reject(
      qmpError('command-failed', `QEMU refused ${pending.command}: ${description}`, {
        command: pending.command,
        qmpClass: makeVisible(qmpClass.slice(0, 100)),
        description,
      }),
    );
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function checked<T>(shape: Shape<T>, value: unknown, command: string): T {
  const [problem] = check(shape, value, { codePrefix: 'qmp', maxProblems: 1 }).problems;
  if (problem === undefined) return value as T;
  throw qmpError('protocol', `QEMU's answer to ${command} is malformed: ${formatProblem(problem)}`, {
    command,
  });
}
