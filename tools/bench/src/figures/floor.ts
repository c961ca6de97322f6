import { type ChildProcess, spawn } from 'node:child_process';
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
    /** What it boots; `init` in it writes to the port. */
    initrd: string;
    bundle: string;
    folder: string;
    tag: string;
  }): Promise<Floor> {
    const id = `${options.tag}-floor`;
    const global = ['--root', join(options.folder, 'floor')];
    await timeProgram(options.hako, [...global, 'create', '--bundle', options.bundle, id]);
    const qemu = findProcesses(id).find(({ args }) => args[0]?.includes('qemu-system'));
    await timeProgram(options.hako, [...global, 'delete', '--force', id]);
    const [program, ...sandboxArgs] = qemu?.args ?? [];
    if (program === undefined) throw new Error(`no QEMU with ${id} among its arguments was found`);

    const socketPath = join(options.folder, 'floor.sock');
    const args = floorArguments(sandboxArgs, options.initrd, socketPath);
    const server = createServer();
    server.listen(socketPath);
    await once(server, 'listening');
    return new Floor(program, args, server);
  }

  /** Milliseconds from QEMU's start to the first byte. */
  async time(): Promise<number> {
    const { startMs, firstMs } = await this.#boot(1);
    return firstMs - startMs;
  }

  /** Milliseconds from the first byte until so many have come. */
  async timeBytes(count: number): Promise<number> {
    const { firstMs, lastMs } = await this.#boot(count);
    return lastMs - firstMs;
  }

  /** Milliseconds until each of so many machines, all started at once, has written its first byte. */
  async timeAtOnce(machines: number): Promise<number> {
    const bytes: Promise<unknown>[] = [];
    const all = Promise.withResolvers<void>();
    const arrived = (socket: Socket): void => {
      bytes.push(receive(socket, 1));
      if (bytes.length === machines) all.resolve();
    };
    this.#server.on('connection', arrived);
    const startMs = performance.now();
    const started = Array.from({ length: machines }, () => this.#start());
    const ended = started.map((qemu) => once(qemu, 'exit'));
    try {
      const early = Promise.race(ended).then(() => Promise.reject(new Error("a floor's QEMU ended")));
      await Promise.race([all.promise.then(() => Promise.all(bytes)), early]);
      return performance.now() - startMs;
    } finally {
      this.#server.off('connection', arrived);
      for (const qemu of started) qemu.kill('SIGKILL');
      await Promise.all(ended);
    }
  }

  #start(): ChildProcess {
    return spawn(this.#program, this.#args, {
      stdio: ['ignore', 'ignore', 'inherit'],
      timeout: deadlineMs,
      killSignal: 'SIGKILL',
    });
  }

  async #boot(count: number): Promise<{ startMs: number; firstMs: number; lastMs: number }> {
    const connected = once(this.#server, 'connection');
    const startMs = performance.now();
    const qemu = this.#start();
    const ended = once(qemu, 'exit');
    const bytes = connected.then(([socket]: Socket[]) => receive(socket, count));
    const times = await Promise.race([bytes, ended.then(() => undefined)]);
    qemu.kill('SIGKILL');
    await ended;
    if (times === undefined) {
      throw new Error(
        `the floor's QEMU ended before ${count} bytes: ${this.#program} ${this.#args.join(' ')}`,
      );
    }
    return { startMs, ...times };
  }

  async close(): Promise<void> {
    this.#server.close();
    await once(this.#server, 'close');
  }
}

/** When the first of `count` bytes came, and the last. */
async function receive(
  socket: Socket | undefined,
  count: number,
): Promise<{ firstMs: number; lastMs: number } | undefined> {
  if (socket === undefined) return undefined;
  let firstMs: number | undefined;
  let length = 0;
  for await (const piece of socket) {
    firstMs ??= performance.now();
    length += (piece as Buffer).length;
    if (length >= count) return { firstMs, lastMs: performance.now() };
  }
  return undefined;
}
