import { closeSync, constants, openSync, writeSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { openReadable } from '@hako/posix';
import { ShimError } from './shim-error.ts';
import { STAND_IN_FDS, type StandInPlace } from './stand-in-place.ts';

/** What a stand-in tells of. */
export interface StandInEvents {
  readonly signalled: (signal: number) => void;
  /** It was killed, and has no status to report any more. */
  readonly killed: () => void;
}

/** The shim's side of a stand-in: a process on the host that stands for a container or an exec. */
export class StandIn {
  readonly pid: number;
  /** A terminal that it lends, by its descriptor. */
  readonly lentTerminal: number | undefined;
  /** It was made for a process, whose terminal, if it has one, is its stdin. */
  readonly isMade: boolean;
  readonly #orders: number;
  readonly #signals: Readable;
  #ended = false;

  /** @throws ShimError `bad-request` when `pid` is no stand-in that waits */
  constructor({ pid, fds = STAND_IN_FDS }: StandInPlace) {
    this.pid = pid;
    this.lentTerminal = fds.terminal;
    this.isMade = fds === STAND_IN_FDS;
    try {
      this.#orders = openSync(`/proc/${pid}/fd/${fds.orders}`, constants.O_WRONLY);
    } catch (cause) {
      throw new ShimError('bad-request', `process ${pid} is no stand-in: ${(cause as Error).message}`, {
        facts: {},
        cause,
      });
    }
    try {
      this.#signals = openReadable(`/proc/${pid}/fd/${fds.signals}`);
    } catch (error) {
      closeSync(this.#orders);
      throw error;
    }
  }

  /** Begins to tell of signals and of its death; lets it close the caller's streams, which were taken. */
  watch(events: StandInEvents): void {
    this.#order(0);
    this.#signals.on('data', (bytes: Uint8Array) => {
      for (const signal of bytes) events.signalled(signal);
    });
    this.#signals.on('error', () => this.#signals.destroy());
    this.#signals.on('close', () => {
      if (!this.#ended) events.killed();
    });
  }

  /** It ends with this exit status. Idempotent. */
  end(status: number): void {
    if (this.#ended) return;
    this.#order(status);
    this.abandon();
  }

  /** It is not needed, or ends by itself. */
  abandon(): void {
    if (this.#ended) return;
    this.#ended = true;
    closeSync(this.#orders);
    this.#signals.destroy();
  }

  #order(byte: number): void {
    try {
      writeSync(this.#orders, Uint8Array.of(byte));
    } catch {
      // It was killed, which `close` of its signals tells of.
    }
  }
}
