import { createServer, type Socket } from 'node:net';
import { availableParallelism } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { QemuHypervisor } from '@hako/hypervisor-qemu';
import type { SandboxConfig } from '@hako/oci-translate';
import { type Host, posixHost, spareKey } from '@hako/sandbox';
import { listenPrivately } from '../listen-privately.ts';
import { QuietMemory } from '../quiet-memory.ts';
import { ShimError } from '../shim-error.ts';
import { CachePlace } from './cache-place.ts';
import {
  type CacheRequest,
  type CacheStatus,
  firstLine,
  type OfferedMachine,
  parseRequest,
  placeOfProcess,
} from './messages.ts';
import { SparePool } from './spare-pool.ts';
import { startSpare } from './start-spare.ts';

export interface ServeCacheOptions {
  /** The sandbox whose machine is kept ready; its `factory` says how many, and where they are asked for. */
  readonly config: SandboxConfig;
  /** Called once it serves. */
  readonly onReady: () => void;
  readonly log: (message: string) => void;
  readonly signal: AbortSignal;
}

/** A request follows its connection. */
const REQUEST_TIMEOUT_MS = 5000;

/**
 * Keeps machines ready until the signal or somebody who asks for it ends that. Machines that were handed over go on.
 *
 * @throws ShimError `cache-failed` when another process serves there; SandboxError `unsupported` as spareKey
 */
export async function serveCache({ config, onReady, log, signal }: ServeCacheOptions): Promise<void> {
  const { vmCacheNumber: size, vmCacheEndpoint } = config.factory;
  const host = posixHost();
  // Said now rather than with each machine that is tried.
  await spareKey(new QemuHypervisor(), config);
  const place = new CachePlace(vmCacheEndpoint);
  const lock = place.tryLock();
  if (lock === undefined) {
    const message = `a cache of machines is served at ${place.socket} already`;
    throw new ShimError('cache-failed', message, { facts: {} });
  }
  const asked = Promise.withResolvers<void>();
  signal.addEventListener('abort', () => asked.resolve());
  await place.clear(host);
  const pool = poolOf(config, place, host, log);
  const cache = new MachineCache(config, pool, size, asked.resolve);
  const memory = new QuietMemory();
  const connections = new Set<Socket>();
  const server = createServer((socket) => {
    memory.touch();
    connections.add(socket);
    socket.on('error', () => {}).on('close', () => connections.delete(socket));
    void cache.answer(socket);
  });
  try {
    place.announce();
    await listenPrivately(server, place.socket);
    if (signal.aborted) asked.resolve();
    onReady();
    memory.touch();
    await asked.promise;
  } finally {
    memory.stop();
    server.close();
    await pool.close();
    await place.clear(host);
    place.remove();
    lock.release();
    for (const socket of connections) socket.destroy();
  }
}

function poolOf(
  config: SandboxConfig,
  place: CachePlace,
  host: Host,
  log: (message: string) => void,
): SparePool {
  return new SparePool({
    size: config.factory.vmCacheNumber,
    // Those that somebody waits for boot on the same processors.
    atOnce: Math.max(1, availableParallelism() - 1),
    make: (signal) => startSpare(config, place.folder, host, signal),
    log,
    wait: (ms, signal) => delay(ms, undefined, { signal }),
  });
}

/** Answers what a cache is asked. */
class MachineCache {
  readonly #hypervisor = new QemuHypervisor();
  readonly #place = placeOfProcess();
  readonly #config: SandboxConfig;
  readonly #pool: SparePool;
  readonly #size: number;
  readonly #end: () => void;

  constructor(config: SandboxConfig, pool: SparePool, size: number, end: () => void) {
    this.#config = config;
    this.#pool = pool;
    this.#size = size;
    this.#end = end;
  }

  async answer(socket: Socket): Promise<void> {
    try {
      const request = parseRequest(await firstLine(socket, REQUEST_TIMEOUT_MS));
      socket.resume();
      if (request.ask === 'end') this.#end();
      else if (request.ask === 'status') say(socket, this.#status());
      else await this.#offer(socket, request);
    } catch (error) {
      socket.end(`${JSON.stringify({ error: String(error) })}\n`);
    }
  }

  #status(): CacheStatus {
    const { ready, making, taken, failure } = this.#pool;
    return { wanted: this.#size, ready, making, handedOver: taken, failure };
  }

  /** Whoever asked says by the end of the connection that the machine was taken, or will not be. */
  async #offer(socket: Socket, request: Extract<CacheRequest, { ask: 'machine' }>): Promise<void> {
    const fits = request.place === this.#place && (await this.#isWanted(request.config));
    const spare = fits && !socket.destroyed ? this.#pool.offer() : undefined;
    if (spare !== undefined) socket.once('close', () => this.#pool.giveBack(spare));
    const offer: OfferedMachine = spare === undefined ? {} : { socket: spare.socket, pid: spare.pid };
    say(socket, offer);
  }

  async #isWanted(config: SandboxConfig): Promise<boolean> {
    const [ours, theirs] = await Promise.all(
      [this.#config, config].map((each) => spareKey(this.#hypervisor, each)),
    );
    return ours === theirs;
  }
}

function say(socket: Socket, message: object): void {
  socket.write(`${JSON.stringify(message)}\n`);
}
