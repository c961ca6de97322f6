import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { connectUnix } from '@hako/posix';
import {
  type Envelope,
  EventsService,
  packAny,
  timestampFromMs,
  topicOfTaskEvent,
} from '@hako/task-protocol';
import { type Channel, type MetadataInit, TtrpcClient } from '@hako/ttrpc';
import type { TaskEventSink } from '../task-events.ts';

/** How events reach containerd; the values are those of containerd's own shims. */
export interface EventPublisherOptions {
  readonly namespace: string;
  /** Opens a connection to containerd's ttRPC socket. */
  readonly connect: () => Promise<Channel | Duplex>;
  /** Told of events that are given up. */
  readonly onLost: (message: string) => void;
  /** Events that may wait; more are lost, the newest first. Default 2048. */
  readonly maxQueued?: number;
  /** How often one is sent again. Default 5. */
  readonly maxRetries?: number;
  /** Wait before the n-th further try: n times so long. Default 1 s. */
  readonly retryMs?: number;
  /** How long containerd may take over one. Default 5 s. */
  readonly timeoutMs?: number;
}

interface QueuedEvent {
  readonly envelope: Envelope;
  failures: number;
}

/**
 * Publishes task events to containerd (containerd.services.events.ttrpc.v1.Events/Forward), one after the other, so that
 * they arrive in the order in which they happened. One that cannot be delivered, as while containerd starts anew, is tried
 * again, and given up at last: a shim outlives its containerd, and asks for no memory without bound.
 *
 * States: open, closed (by `close`; later events are lost).
 */
export class EventPublisher {
  readonly #options: Required<EventPublisherOptions>;
  readonly #metadata: MetadataInit;
  readonly #queue: QueuedEvent[] = [];
  readonly #closing = new AbortController();
  #client: TtrpcClient | undefined;
  #pumping: Promise<void> | undefined;

  constructor(options: EventPublisherOptions) {
    this.#options = { maxQueued: 2048, maxRetries: 5, retryMs: 1000, timeoutMs: 5000, ...options };
    this.#metadata = { 'containerd-namespace-ttrpc': options.namespace };
  }

  readonly publish: TaskEventSink = (type, message) => {
    const topic = topicOfTaskEvent(type.typeName) ?? '';
    const { namespace, maxQueued } = this.#options;
    if (this.#closing.signal.aborted || this.#queue.length >= maxQueued) {
      this.#options.onLost(`event ${topic} is lost: ${this.#queue.length} are waiting`);
      return;
    }
    const timestamp = timestampFromMs(Date.now());
    this.#queue.push({
      envelope: { timestamp, namespace, topic, event: packAny(type, message) },
      failures: 0,
    });
    this.#pumping ??= this.#pump().finally(() => {
      this.#pumping = undefined;
    });
  };

  /** Waits until what was published is delivered or given up, at most `timeoutMs`, and ends the connection. */
  async close(timeoutMs: number): Promise<void> {
    const delivered = new AbortController();
    const late = delay(timeoutMs, undefined, { signal: delivered.signal }).catch(() => {});
    await Promise.race([this.#pumping, late]);
    delivered.abort();
    this.#closing.abort();
    this.#client?.close();
  }

  async #pump(): Promise<void> {
    for (let next = this.#queue[0]; next !== undefined; next = this.#queue[0]) {
      try {
        await this.#send(next.envelope);
        this.#queue.shift();
      } catch (error) {
        next.failures += 1;
        await this.#afterFailure(next, error as Error);
      }
    }
  }

  async #afterFailure(event: QueuedEvent, error: Error): Promise<void> {
    const { maxRetries, retryMs, onLost } = this.#options;
    const { signal } = this.#closing;
    if (event.failures <= maxRetries && !signal.aborted) {
      await delay(retryMs * event.failures, undefined, { signal }).catch(() => {});
      if (!signal.aborted) return;
    }
    this.#queue.shift();
    onLost(`event ${event.envelope.topic} is lost: ${error.message}`);
  }

  async #send(envelope: Envelope): Promise<void> {
    const wasOpen = this.#client?.isOpen === true;
    try {
      await this.#forward(envelope);
    } catch (error) {
      // A connection that ended meanwhile says nothing about containerd as it is now.
      if (!wasOpen || this.#client?.isOpen === true) throw error;
      await this.#forward(envelope);
    }
  }

  async #forward(envelope: Envelope): Promise<void> {
    const { connect, timeoutMs } = this.#options;
    if (this.#client?.isOpen !== true) this.#client = new TtrpcClient(await connect());
    const options = { timeoutMs, signal: this.#closing.signal, metadata: this.#metadata };
    await this.#client.service(EventsService).forward({ envelope }, options);
  }
}

/** A publisher to that socket. */
export function publisherTo(
  address: string,
  namespace: string,
  onLost: (message: string) => void,
): EventPublisher {
  const path = address.replace(/^unix:\/\//, '');
  return new EventPublisher({ namespace, connect: () => connectUnix(path), onLost });
}
