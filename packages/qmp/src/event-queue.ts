import { qmpError } from './qmp-error.ts';

export interface QmpEvent {
  /** E.g. `SHUTDOWN`, `DEVICE_DELETED`. */
  readonly event: string;
  /** As QEMU sent it; check before use. */
  readonly data: Readonly<Record<string, unknown>>;
  /** When it happened, Unix time. Microseconds. */
  readonly timestampUs: number;
}

/** Events that may wait for one listener. Who falls further behind gets an error rather than a gap. */
const maxWaiting = 1024;

/** One listener's view of the events, from its start on. Ends when the connection or the listener does. */
export class EventQueue implements AsyncIterableIterator<QmpEvent> {
  readonly #waiting: QmpEvent[] = [];
  readonly #onReturn: (queue: EventQueue) => void;
  #takers: { resolve: (result: IteratorResult<QmpEvent>) => void; reject: (error: Error) => void }[] = [];
  #ended = false;
  #error: Error | undefined;

  constructor(onReturn: (queue: EventQueue) => void) {
    this.#onReturn = onReturn;
  }

  push(event: QmpEvent): void {
    if (this.#ended) return;
    const taker = this.#takers.shift();
    if (taker !== undefined) {
      taker.resolve({ value: event, done: false });
    } else if (this.#waiting.length < maxWaiting) {
      this.#waiting.push(event);
    } else {
      this.#error = qmpError('protocol', `more than ${maxWaiting} events of QEMU wait to be read`);
      this.end();
      this.#onReturn(this);
    }
  }

  end(): void {
    this.#ended = true;
    for (const taker of this.#takers) taker.resolve({ value: undefined, done: true });
    this.#takers = [];
  }

  next(): Promise<IteratorResult<QmpEvent>> {
    const event = this.#waiting.shift();
    if (event !== undefined) return Promise.resolve({ value: event, done: false });
    if (this.#error !== undefined) {
      const error = this.#error;
      this.#error = undefined;
      return Promise.reject(error);
    }
    if (this.#ended) return Promise.resolve({ value: undefined, done: true });
    return new Promise((resolve, reject) => {
      this.#takers.push({ resolve, reject });
    });
  }

  return(): Promise<IteratorResult<QmpEvent>> {
    this.end();
    this.#waiting.length = 0;
    this.#onReturn(this);
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
