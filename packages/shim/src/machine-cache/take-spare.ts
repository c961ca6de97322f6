import type { Duplex } from 'node:stream';
import { connectUnix } from '@hako/posix';
import type { MachineCacheChoice } from './machine-cache-choice.ts';
import {
  type CacheRequest,
  type CacheStatus,
  firstLine,
  parseOffer,
  parseStatus,
  placeOfProcess,
  type SpareOrder,
} from './messages.ts';

/** A cache that does not answer is none: a machine boots meanwhile. */
const ANSWER_TIMEOUT_MS = 2000;

/** A process that has a machine, and is to become a shim. */
export interface TakenSpare {
  readonly pid: number;
  /** As a shim's control stream. */
  readonly control: Duplex;
  /** Tells the cache that it serves, or never will: until then nobody else is offered it. */
  readonly settled: () => void;
}

/** Takes a machine out of the cache. Undefined where there is none that fits, or nobody serves one. */
export async function takeSpare(
  { endpoint, config }: MachineCacheChoice,
  order: Omit<SpareOrder, 'pid'>,
): Promise<TakenSpare | undefined> {
  const cache = await ask(endpoint, { ask: 'machine', place: placeOfProcess(), config }).catch(
    () => undefined,
  );
  if (cache === undefined) return undefined;
  try {
    const { socket, pid } = parseOffer(await firstLine(cache, ANSWER_TIMEOUT_MS));
    if (socket !== undefined && pid !== undefined) {
      const control = await connectUnix(socket);
      control.on('error', () => {});
      control.write(`${JSON.stringify({ ...order, pid: process.pid } satisfies SpareOrder)}\n`);
      return { pid, control, settled: () => cache.destroy() };
    }
  } catch {
    // It has ended, or does not answer.
  }
  cache.destroy();
  return undefined;
}

/** What goes on in the cache at an endpoint; undefined where nobody serves one. */
export async function cacheStatus(endpoint: string): Promise<CacheStatus | undefined> {
  const cache = await ask(endpoint, { ask: 'status' }).catch(() => undefined);
  if (cache === undefined) return undefined;
  try {
    return parseStatus(await firstLine(cache, ANSWER_TIMEOUT_MS));
  } finally {
    cache.destroy();
  }
}

/** Connects to the cache at an endpoint and asks. @throws PosixError when nobody serves there */
export async function ask(endpoint: string, request: CacheRequest): Promise<Duplex> {
  const socket = await connectUnix(endpoint);
  socket.on('error', () => {});
  socket.write(`${JSON.stringify(request)}\n`);
  return socket;
}
