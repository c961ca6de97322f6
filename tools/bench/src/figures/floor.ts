import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { findProcesses, timeProgram } from '../processes.ts';
import { floorArguments } from './floor-arguments.ts';

/** Longest time until a floor's byte. Emulated machines take seconds. */
const deadlineMs = 120_000;

/** The floor below every start: QEMU and the kernel until user space writes its first byte. */
export class Floor {
  readonly #program: string;
  readonly #args: readonly string[];
  readonly #server: Server;

  private constructor(program: string, args: readonly string[], server: Server) {
    this.#program = program;
    this.#args = args;
    this.#server = server;
  }

  /** Takes QEMU's arguments from a sandbox that `hako` makes of `bundle` and that is deleted at once. */
  static async prepare(options: {
    hako: string;
    guestFolder: string;
    bundle: string;
    folder: string;
  }): Promise<Floor> {
    const id = `bench-floor-${process.pid}`;
    const global = ['--root', join(options.folder, 'floor')];
    await timeProgram(options.hako, [...global, 'create', '--bundle', options.bundle, id]);
    const qemu = findProcesses(id).find(({ args }) => args[0]?.includes('qemu-system'));
    await timeProgram(options.hako, [...global, 'delete', '--force', id]);
    const [program, ...sandboxArgs] = qemu?.args ?? [];
    if (program === undefined) throw new Error(`no QEMU with ${id} among its arguments was found`);

    const socketPath = join(options.folder, 'floor.sock');
    const args = floorArguments(sandboxArgs, join(options.guestFolder, 'probe-initrd.img'), socketPath);
    const server = createServer();
    server.listen(socketPath);
    await once(server, 'listening');
    return new Floor(program, args, server);
  }

  /** Milliseconds from QEMU's start to the byte. */
  async time(): Promise<number> {
    const connected = once(this.#server, 'connection');
    const start = performance.now();
    const qemu = spawn(this.#program, this.#args, { stdio: ['ignore', 'ignore', 'inherit'] });
    const ended = once(qemu, 'exit');
    const timer = setTimeout(() => qemu.kill('SIGKILL'), deadlineMs);
    const byte = connected.then(([socket]: Socket[]) =>
      socket === undefined ? undefined : once(socket, 'data'),
    );
    const isAlive = await Promise.race([byte.then(() => true), ended.then(() => false)]);
    const elapsedMs = performance.now() - start;
    clearTimeout(timer);
    qemu.kill('SIGKILL');
    await ended;
    if (!isAlive) throw new Error(`the floor's QEMU wrote no byte: ${this.#program} ${this.#args.join(' ')}`);
    return elapsedMs;
  }

  async close(): Promise<void> {
    this.#server.close();
    await once(this.#server, 'close');
  }
}
