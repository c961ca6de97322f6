import { readlinkSync, statSync } from 'node:fs';
import type { Readable } from 'node:stream';
import type { SandboxConfig } from '@hako/oci-translate';
import { integer, list, matches, name, object, oneOf, type Shape, text } from '@hako/shape';

/** What a cache of machines is asked; one JSON object in a line, on a connection of its own. */
export type CacheRequest =
  /** For a machine of that sandbox; `place` see placeOfProcess. */
  | { readonly ask: 'machine'; readonly place: string; readonly config: SandboxConfig }
  | { readonly ask: 'status' }
  /** Everything ends; the connection does last. */
  | { readonly ask: 'end' };

/** Where a machine waits. Without a socket there is none. */
export interface OfferedMachine {
  readonly socket?: string;
  /** Of the process that has it, and becomes the sandbox's shim. */
  readonly pid?: number;
}

/** What goes on in a cache. */
export interface CacheStatus {
  /** How many machines it keeps. */
  readonly wanted: number;
  readonly ready: readonly number[];
  readonly making: number;
  /** How many it has handed over. */
  readonly handedOver: number;
  /** Why the last one could not be made; empty: it could. */
  readonly failure: string;
}

/** What a sandbox's creator tells the process that has a machine. */
export interface SpareOrder {
  /** Words of the command line of the shim that it becomes. */
  readonly args: readonly string[];
  /** Working directory. */
  readonly directory: string;
  /** File for what it prints. */
  readonly log: string;
  /** The sandbox's journal, which gets the machine's lines. */
  readonly journal: string;
  /** The creator: its cgroup becomes the shim's. */
  readonly pid: number;
}

const pid = integer(1, 2 ** 22);
const count = integer(0, 2 ** 31);
const offered: Shape<OfferedMachine> = object<OfferedMachine>({ socket: name, pid }, {});
const status: Shape<CacheStatus> = object<CacheStatus>(
  { wanted: count, ready: list(pid), making: count, handedOver: count, failure: text },
  { wanted: true, ready: true, making: true, handedOver: true, failure: true },
);
const order: Shape<SpareOrder> = object<SpareOrder>(
  { args: list(text), directory: name, log: name, journal: name, pid },
  { args: true, directory: true, log: true, journal: true, pid: true },
);
const request = object<{ ask: string; place?: string }>(
  { ask: oneOf(['machine', 'status', 'end']), place: text },
  { ask: true },
);

export const parseOffer = (line: string): OfferedMachine => parsed(offered, line);
export const parseStatus = (line: string): CacheStatus => parsed(status, line);
export const parseOrder = (line: string): SpareOrder => parsed(order, line);

/** The configuration is one that hako has translated, and only compared. */
export function parseRequest(line: string): CacheRequest {
  const { config, ...rest } = JSON.parse(line) as { config?: SandboxConfig };
  if (!matches(request, rest)) throw new Error('it is not a request to a cache of machines');
  const { ask, place } = rest;
  if (ask === 'status' || ask === 'end') return { ask };
  if (config === undefined || place === undefined) throw new Error('a machine is for a sandbox somewhere');
  return { ask: 'machine', place, config };
}

function parsed<T>(shape: Shape<T>, line: string): T {
  const value: unknown = JSON.parse(line);
  if (!matches(shape, value)) throw new Error(`it is not what was expected: ${line.slice(0, 100)}`);
  return value;
}

const namespaces = ['mnt', 'pid', 'user', 'net', 'ipc', 'uts', 'cgroup'];

/**
 * What a process is and sees of the host: its program, which an update may have replaced meanwhile, user, root directory, namespaces. A
 * machine whose files are served elsewhere would not have the container's.
 */
export function placeOfProcess(): string {
  const files = ['/proc/self/exe', '/'].map((path) => {
    const { dev, ino } = statSync(path);
    return `${dev}:${ino}`;
  });
  const links = namespaces.map((each) => readlinkSync(`/proc/self/ns/${each}`));
  return [process.geteuid?.(), ...files, ...links].join(' ');
}

/** More than a configuration has. */
const MOST_BYTES = 4 * 1024 * 1024;

/**
 * The first line that comes on a stream, which is paused then; nobody may have written more by then. Rejects when it ends before, or
 * takes longer than `timeoutMs`.
 */
export function firstLine(stream: Readable, timeoutMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let bytes = 0;
    const settle = (action: () => void): void => {
      clearTimeout(timer);
      stream.off('data', onData).off('close', onClose);
      stream.pause();
      action();
    };
    const onData = (piece: Buffer): void => {
      pieces.push(piece);
      bytes += piece.length;
      if (piece.at(-1) === 10) settle(() => resolve(Buffer.concat(pieces).toString().trimEnd()));
      else if (bytes > MOST_BYTES) settle(() => reject(new Error('the line does not end')));
    };
    const onClose = (): void => settle(() => reject(new Error('the connection was closed')));
    const timer = setTimeout(
      () => settle(() => reject(new Error(`no answer within ${timeoutMs} ms`))),
      timeoutMs,
    );
    stream.on('data', onData).on('close', onClose);
  });
}
