import { type Duplex, duplexPair } from 'node:stream';

/** A command as it comes from the client. */
export interface ScriptedCommand {
  readonly execute: string;
  readonly arguments?: Readonly<Record<string, unknown>>;
}

/** QEMU's end of a monitor connection: greets, negotiates, and answers by `onCommand`. */
export class ScriptedQemu {
  /** The client's end. */
  readonly stream: Duplex;
  /** Every command after the negotiation, in order. */
  readonly commands: ScriptedCommand[] = [];
  /** `return` or `error` for a command. Default: an empty return. */
  onCommand: (command: ScriptedCommand) => Readonly<Record<string, unknown>> = () => ({ return: {} });
  readonly #own: Duplex;

  constructor() {
    const [client, own] = duplexPair();
    this.stream = client;
    this.#own = own;
    let partial = '';
    own.setEncoding('utf8');
    own.on('data', (text: string) => {
      const lines = (partial + text).split('\n');
      partial = lines.pop() ?? '';
      for (const line of lines) this.#answer(JSON.parse(line));
    });
    this.#say({
      QMP: { version: { qemu: { major: 7, minor: 2, micro: 22 }, package: '' }, capabilities: [] },
    });
  }

  event(event: string, data: Readonly<Record<string, unknown>> = {}): void {
    this.#say({ event, data, timestamp: { seconds: 1, microseconds: 2 } });
  }

  #answer({ id, ...command }: ScriptedCommand & { readonly id: number }): void {
    if (command.execute === 'qmp_capabilities') {
      this.#say({ return: {}, id });
      return;
    }
    this.commands.push(command);
    this.#say({ ...this.onCommand(command), id });
  }

  #say(message: Readonly<Record<string, unknown>>): void {
    this.#own.write(`${JSON.stringify(message)}\r\n`);
  }
}
