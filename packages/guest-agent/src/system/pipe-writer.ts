import { closeSync } from 'node:fs';
import { AgentError } from '../agent-error.ts';
import { errno, type Libc } from './libc.ts';
import { type Poller, pollEvents } from './poller.ts';

interface WaitingWrite {
  bytes: Uint8Array;
  readonly resolve: () => void;
  readonly reject: (error: AgentError) => void;
}

/**
 * The agent's end of a process's input. A write is done when the pipe has taken all of it, so a process that does not
 * read stops the host.
 *
 * States: open, closing (after `end`, until the last write is done), closed.
 */
export class PipeWriter {
  readonly #libc: Libc;
  readonly #poller: Poller;
  readonly #fd: number;
  readonly #waiting: WaitingWrite[] = [];
  #state: 'open' | 'closing' | 'closed' = 'open';
  #unwatch: (() => void) | undefined;

  /** Owns `fd`. */
  constructor(libc: Libc, poller: Poller, fd: number) {
    this.#libc = libc;
    this.#poller = poller;
    this.#fd = fd;
    poller.adopt(fd);
  }

  /** Writes are done in order. Throws AgentError `failed-precondition` once closed or when nobody can read it. */
  write(bytes: Uint8Array): Promise<void> {
    if (this.#state !== 'open') return Promise.reject(closedError());
    return new Promise((resolve, reject) => {
      this.#waiting.push({ bytes, resolve, reject });
      if (this.#waiting.length === 1) this.#flush();
    });
  }

  /** Closes after the writes before it. */
  end(): void {
    if (this.#state !== 'open') return;
    this.#state = 'closing';
    if (this.#waiting.length === 0) this.close();
  }

  /** Closes at once; writes that wait fail. */
  close(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#unwatch?.();
    this.#poller.release(this.#fd);
    closeSync(this.#fd);
    for (const { reject } of this.#waiting.splice(0)) reject(closedError());
  }

  #flush(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      const count = this.#libc.write(this.#fd, next.bytes);
      if (count === -errno.EINTR) continue;
      if (count === -errno.EAGAIN) {
        this.#unwatch ??= this.#poller.watch(this.#fd, pollEvents.out, () => {
          this.#unwatch = undefined;
          this.#flush();
        });
        return;
      }
      if (count < 0) {
        this.close();
        return;
      }
      next.bytes = next.bytes.subarray(count);
      if (next.bytes.length > 0) continue;
      this.#waiting.shift();
      next.resolve();
    }
    if (this.#state === 'closing') this.close();
  }
}

function closedError(): AgentError {
  return new AgentError('failed-precondition', 'stdin is closed');
}
