import { readFileSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { withLine } from '@hako/bundles/toml-line';
import { debugConsoleSocket } from '@hako/hypervisor-qemu';

/** The configuration as it is shipped, with a debug console: gives its path. */
export function consoleConfiguration(workspace: string, folder: string): string {
  const shipped = readFileSync(join(workspace, 'dist/etc/hako/configuration.toml'), 'utf8');
  const path = join(folder, 'console.toml');
  writeFileSync(path, withLine(shipped, 'debug_console_enabled = true', 'agent.kata'));
  return path;
}

/** A shell of the machine itself, by its debug console. One command at a time. */
export class GuestShell {
  readonly #socket: Socket;
  #text = '';
  #heard: () => void = () => {};

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => {
      this.#text += text;
      this.#heard();
    });
    socket.on('error', () => this.#heard());
    socket.on('close', () => this.#heard());
  }

  /** Of a sandbox, by the folder of its machine. */
  static open(vmFolder: string): Promise<GuestShell> {
    return GuestShell.openSocket(join(vmFolder, debugConsoleSocket));
  }

  static async openSocket(path: string): Promise<GuestShell> {
    const shell = new GuestShell(connect(path));
    await shell.run("stty -echo; PS1=''");
    return shell;
  }

  /** What a line prints. Rejects where its last command fails, or does not end in time; the shell is of no use then. */
  async run(line: string, timeoutMs: number = 60_000): Promise<string> {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      this.#heard();
    }, timeoutMs);
    try {
      // In two words, since the terminal repeats what is typed until it is told not to.
      this.#socket.write(`${line}; echo 'the ''end' $?\n`);
      for (;;) {
        const end = /the end (\d+)\r?\n/.exec(this.#text);
        if (end !== null) {
          const said = this.#text.slice(0, end.index);
          this.#text = this.#text.slice(end.index + end[0].length);
          if (end[1] !== '0') throw new Error(`${line} in the guest ended with ${end[1]}: ${said}`);
          return said;
        }
        if (this.#socket.destroyed) throw new Error(`the guest's shell is gone: ${this.#text}`);
        if (isLate) throw new Error(`${line} in the guest has not ended in ${timeoutMs} ms: ${this.#text}`);
        await new Promise<void>((resolve) => {
          this.#heard = resolve;
        });
      }
    } finally {
      clearTimeout(timer);
    }
  }

  close(): void {
    this.#socket.destroy();
  }
}
