import { duplexPair } from 'node:stream';
import { type Envelope, EventsService, TaskOOM, TaskStart, unpackAny } from '@hako/task-protocol';
import { TtrpcError, TtrpcServer } from '@hako/ttrpc';
import { expect, test } from 'vitest';
import { EventPublisher, type EventPublisherOptions } from './event-publisher.ts';

/** containerd's side: takes events, or refuses the next ones. */
class Receiver {
  readonly envelopes: Envelope[] = [];
  readonly namespaces: unknown[] = [];
  refusals = 0;
  connections = 0;
  readonly #server = new TtrpcServer().register(EventsService, {
    forward: ({ envelope }, { metadata }) => {
      if (this.refusals > 0) {
        this.refusals -= 1;
        throw new TtrpcError('unavailable', 'not yet');
      }
      this.namespaces.push(metadata.get('containerd-namespace-ttrpc'));
      if (envelope !== undefined) this.envelopes.push(envelope);
    },
  });
  readonly #ends: { destroy(): void }[] = [];

  connect = async () => {
    this.connections += 1;
    const [near, far] = duplexPair();
    this.#server.serve(far);
    this.#ends.push(far);
    return near;
  };

  restart(): void {
    for (const end of this.#ends.splice(0)) end.destroy();
  }

  get topics(): readonly string[] {
    return this.envelopes.map(({ topic }) => topic);
  }
}

function publisher(receiver: Receiver, more: Partial<EventPublisherOptions> = {}) {
  const lost: string[] = [];
  const options = { namespace: 'ns', connect: receiver.connect, onLost: (why: string) => lost.push(why) };
  return { lost, publisher: new EventPublisher({ retryMs: 1, ...options, ...more }) };
}

test('events arrive in their order, each under its topic and namespace', async () => {
  const receiver = new Receiver();
  const { publisher: events, lost } = publisher(receiver);
  events.publish(TaskStart, { containerId: 'c1', pid: 7 });
  events.publish(TaskOOM, { containerId: 'c1' });
  await events.close(1000);
  expect(receiver.topics).toEqual(['/tasks/start', '/tasks/oom']);
  expect(receiver.namespaces).toEqual([['ns'], ['ns']]);
  expect(receiver.envelopes[0]).toMatchObject({ namespace: 'ns' });
  expect(unpackAny(TaskStart, receiver.envelopes[0]?.event)).toEqual({ containerId: 'c1', pid: 7 });
  expect(receiver.connections).toBe(1);
  expect(lost).toEqual([]);
});

test('one that is refused is sent again before the next', async () => {
  const receiver = new Receiver();
  receiver.refusals = 3;
  const { publisher: events, lost } = publisher(receiver);
  events.publish(TaskStart, { containerId: 'c1' });
  events.publish(TaskOOM, { containerId: 'c1' });
  await events.close(1000);
  expect(receiver.topics).toEqual(['/tasks/start', '/tasks/oom']);
  expect(lost).toEqual([]);
});

test('a containerd that was started anew is connected to again', async () => {
  const receiver = new Receiver();
  const { publisher: events } = publisher(receiver, { maxRetries: 0 });
  events.publish(TaskStart, { containerId: 'c1' });
  await expect.poll(() => receiver.topics).toEqual(['/tasks/start']);
  receiver.restart();
  events.publish(TaskOOM, { containerId: 'c1' });
  await events.close(1000);
  expect(receiver.topics).toEqual(['/tasks/start', '/tasks/oom']);
  expect(receiver.connections).toBe(2);
});

test('a socket that is gone: each is given up after its tries, and said so', async () => {
  const gone = async (): Promise<never> => {
    throw new Error('connect ENOENT');
  };
  const { publisher: events, lost } = publisher(new Receiver(), { connect: gone, maxRetries: 2 });
  events.publish(TaskStart, { containerId: 'c1' });
  await events.close(1000);
  expect(lost).toEqual(['event /tasks/start is lost: connect ENOENT']);
});

test('no more than so many wait, and none after the end', async () => {
  const never = () => new Promise<never>(() => {});
  const { publisher: events, lost } = publisher(new Receiver(), { connect: never, maxQueued: 1 });
  events.publish(TaskStart, { containerId: 'c1' });
  events.publish(TaskOOM, { containerId: 'c1' });
  expect(lost).toEqual(['event /tasks/oom is lost: 1 are waiting']);
  await events.close(1);
  events.publish(TaskOOM, { containerId: 'c1' });
  expect(lost).toHaveLength(2);
});
