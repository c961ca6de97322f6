import { closeSync } from 'node:fs';
import type { Channel } from '@hako/ttrpc';
import type { Libc } from './system/libc.ts';
import type { Machine } from './system/machine.ts';
import type { Poller } from './system/poller.ts';
import { openPseudoTerminal } from './system/pseudo-terminal.ts';
import { Terminal } from './system/terminal.ts';

/** The virtio-serial port on which a shell of the guest is offered. */
export const debugConsolePort = 'agent.debug_console';

const chunkBytes = 64 << 10;
/** End of transmission: what follows it is a message to the host and no output. */
const ESCAPE = 4;
/** By which the host knows that the shell has ended; QEMU does not pass the closing of a port on. */
const ended = new Uint8Array([ESCAPE, 0]);

/** Output that holds the byte which announces messages has it twice. */
function escaped(output: Uint8Array): Uint8Array {
  return output.includes(ESCAPE)
    ? Uint8Array.from([...output].flatMap((byte) => (byte === ESCAPE ? [byte, byte] : [byte])))
    : output;
}

/**
 * A shell of the guest itself, as root and with all it has, for whoever opens the port: one session from its
 * opening to its closing, which hangs the shell up. When the shell ends, so does the session, and the next one begins.
 */
export class DebugConsole {
  readonly #libc: Libc;
  readonly #poller: Poller;
  readonly #machine: Pick<Machine, 'run' | 'mountImage'>;
  readonly #prepared: () => Promise<void>;

  constructor(parts: {
    readonly libc: Libc;
    readonly poller: Poller;
    readonly machine: Pick<Machine, 'run' | 'mountImage'>;
    /** Done when there are terminals. */
    readonly prepared: () => Promise<void>;
  }) {
    this.#libc = parts.libc;
    this.#poller = parts.poller;
    this.#machine = parts.machine;
    this.#prepared = parts.prepared;
  }

  serve(channel: Channel): void {
    this.#session(channel).catch((error: unknown) => {
      channel.write(new TextEncoder().encode(`${String(error)}\r\n`));
      channel.end();
    });
  }

  async #session(channel: Channel): Promise<void> {
    await this.#prepared();
    // Where the shell is.
    await this.#machine.mountImage();
    const { master, slave } = openPseudoTerminal(this.#libc);
    const terminal = new Terminal(this.#libc, this.#poller, master);
    let drained = (): void => {};
    channel.open({
      data: (bytes) => {
        channel.pause();
        terminal.stdin.write(bytes).then(
          () => channel.resume(),
          () => channel.end(),
        );
      },
      drain: () => drained(),
      closed: () => {
        // Both descriptors of the master side: the shell gets SIGHUP.
        terminal.stdout.close();
        terminal.stdin.close();
        drained();
      },
    });
    const stdio = [slave, slave, slave] as const;
    const shell = this.#machine.run({ args: ['setsid', '-c', 'sh', '-l'], stdio });
    // Not before: the shell may be started a moment later.
    void shell
      .catch(() => {})
      .then(() => {
        closeSync(slave);
        terminal.stdout.drainWithin(0);
      });
    for (;;) {
      const output = await terminal.stdout.read(chunkBytes);
      if (!(output instanceof Uint8Array) || output.length === 0) break;
      if (!channel.write(escaped(output))) {
        await new Promise<void>((resolve) => {
          drained = resolve;
        });
      }
    }
    terminal.stdin.close();
    channel.write(ended);
    channel.end();
  }
}
