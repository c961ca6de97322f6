import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type RawFrame, RawPeer, rawFrame } from '../test/raw-peer.ts';
import { connect, Note, Sample } from '../test/sample-service.ts';
import type { ChannelBody } from './channel.ts';
import { EncodedAnswer } from './encoded-answer.ts';
import { Request, Response } from './messages.ts';
import { type ServerOptions, type ServiceHandlers, TtrpcServer } from './server.ts';
import { streamChannel } from './stream-channel.ts';
import { TtrpcError } from './ttrpc-error.ts';

function withPeer(
  handlers: ServiceHandlers<Sample>,
  options: ServerOptions = {},
): { server: TtrpcServer; peer: RawPeer } {
  const peer = new RawPeer();
  const server = new TtrpcServer(options).register(Sample, handlers);
  server.serve(peer.other);
  return { server, peer };
}

function request(streamId: number, method = 'Echo', text = 'hi', flags = 0): Uint8Array {
  return rawFrame(
    streamId,
    1,
    Request.encode({ service: 'sample.Sample', method, payload: Note.encode({ text }) }),
    flags,
  );
}

function outcome({ streamId, type, data }: RawFrame): unknown {
  const { status, payload } = Response.decode(data);
  return { streamId, type, code: status?.code ?? 0, text: Note.decode(payload).text };
}

class TextBody implements ChannelBody {
  readonly #bytes: Uint8Array;
  dropped = false;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get lengthBytes(): number {
    return this.#bytes.length;
  }

  bytes(): Uint8Array {
    return this.#bytes;
  }

  drop(): void {
    this.dropped = true;
  }
}

/** A handler that waits until the test says so. */
function gate(): { opened: Promise<void>; open: () => void } {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

const echo: ServiceHandlers<Sample> = { echo: (note) => note };

describe('answers', () => {
  test('a parked call does not hold up the others', async () => {
    const { opened, open } = gate();
    const { server, peer } = withPeer({ ...echo, park: () => opened });
    peer.send(request(1, 'Park'), request(3), request(5));
    expect((await peer.received(2)).map(outcome)).toEqual([
      { streamId: 3, type: 2, code: 0, text: 'hi' },
      { streamId: 5, type: 2, code: 0, text: 'hi' },
    ]);
    open();
    expect(outcome((await peer.received(3))[2] as RawFrame)).toMatchObject({ streamId: 1, code: 0 });
    server.close();
  });

  test.each([false, true])(
    'an encoded answer is whole, whoever sends its body (the channel: %s)',
    async (sends) => {
      const whole = Note.encode({ text: 'x'.repeat(1000) });
      const body = new TextBody(whole.subarray(10));
      const peer = new RawPeer();
      const channel = streamChannel(peer.other);
      if (sends) {
        channel.writeWithBody = (bytes, given) => {
          channel.write(bytes);
          return channel.write(given.bytes());
        };
      }
      const server = new TtrpcServer().register(Sample, {
        echo: () => new EncodedAnswer(whole.subarray(0, 10), body),
      });
      server.serve(channel);
      peer.send(request(1));
      const [answer] = await peer.received(1);
      expect(outcome(answer as RawFrame)).toEqual({ streamId: 1, type: 2, code: 0, text: 'x'.repeat(1000) });
      expect(body.dropped).toBe(false);
      server.close();
    },
  );

  test('the body of an answer that comes too late is dropped', async () => {
    const { opened, open } = gate();
    const body = new TextBody(new Uint8Array(3));
    const answer = new EncodedAnswer(new Uint8Array(0), body);
    const closed = gate();
    const handlers = { park: () => opened.then(() => answer) };
    const { server, peer } = withPeer(handlers, { onConnectionClosed: closed.open });
    peer.send(request(1, 'Park'), request(3));
    await peer.received(1);
    server.close();
    await closed.opened;
    open();
    await expect.poll(() => body.dropped).toBe(true);
  });

  test('handlers may be methods of a class, and know their call', async () => {
    class Handlers {
      readonly greeting = 'hello';
      echo(
        _: Note,
        context: {
          metadata: ReadonlyMap<string, readonly string[]>;
          method: string;
          timeoutMs: number | undefined;
        },
      ) {
        return {
          text: `${this.greeting} ${context.metadata.get('who')?.join()} ${context.method} ${context.timeoutMs}`,
        };
      }
    }
    const { client } = connect(new Handlers());
    const call = client.service(Sample).echo({}, { metadata: { WHO: ['a', 'b'] }, timeoutMs: 1234 });
    expect((await call).text).toBe('hello a,b Echo 1234');
    client.close();
  });

  test.each([
    [
      'TtrpcError keeps its code',
      new TtrpcError('failed-precondition', 'not now'),
      'failed-precondition',
      'not now',
    ],
    ['any other error is unknown', new Error('oops'), 'unknown', 'oops'],
    ['what is no error is unknown', 'text', 'unknown', 'text'],
    [
      'a lost connection to someone else is unavailable',
      new TtrpcError('closed', 'gone'),
      'unavailable',
      'gone',
    ],
  ])('%s', async (_, thrown, code, message) => {
    for (const handler of [
      () => Promise.reject(thrown),
      () => {
        throw thrown;
      },
    ]) {
      const { client } = connect({ echo: handler });
      await expect(client.service(Sample).echo({})).rejects.toMatchObject({ code, message });
      client.close();
    }
  });

  test('an answer that does not fit its type or the limit is an error, and the connection goes on', async () => {
    const { client } = connect({
      ...echo,
      park: ({ text }) =>
        text === 'big' ? { data: new Uint8Array(5 << 20) } : { text: 7 as unknown as string },
    });
    const sample = client.service(Sample);
    await expect(sample.park({ text: 'big' })).rejects.toMatchObject({ code: 'resource-exhausted' });
    await expect(sample.park({})).rejects.toMatchObject({ code: 'unknown' });
    expect((await sample.echo({ text: 'still here' })).text).toBe('still here');
    client.close();
  });

  test('a message of an error over the limit is left out, its code is not', async () => {
    const { client } = connect({
      echo: () => Promise.reject(new TtrpcError('aborted', 'x'.repeat(5 << 20))),
    });
    await expect(client.service(Sample).echo({})).rejects.toMatchObject({ code: 'aborted', message: '' });
    client.close();
  });
});

describe('deadlines and the end of a connection', () => {
  test('a passed deadline is answered, the signal tells, the late result is dropped', async () => {
    const { opened, open } = gate();
    const reasons: unknown[] = [];
    const { server, peer } = withPeer({
      ...echo,
      park: async (_, { signal }) => {
        signal.addEventListener('abort', () => reasons.push(signal.reason));
        await opened;
      },
    });
    peer.send(
      rawFrame(1, 1, Request.encode({ service: 'sample.Sample', method: 'Park', timeoutNano: 5_000_000n })),
    );
    expect((await peer.received(1)).map(outcome)).toMatchObject([{ streamId: 1, code: 4 }]);
    expect(reasons).toMatchObject([{ code: 'deadline-exceeded' }]);
    open();
    peer.send(request(3));
    expect((await peer.received(2)).map(outcome)).toMatchObject([{ streamId: 1 }, { streamId: 3, code: 0 }]);
    expect(server.callCount).toBe(0);
    server.close();
  });

  test('handlers learn of a hang-up, also those that ask for the signal later', async () => {
    const started = gate();
    const seen: unknown[] = [];
    const closed = gate();
    const both = gate();
    const { server, peer } = withPeer(
      {
        echo: async (_, context) => {
          await closed.opened;
          seen.push(context.signal.reason);
          both.open();
        },
        park: (_, { signal }) => {
          started.open();
          return new Promise((resolve) => {
            signal.addEventListener('abort', () => {
              seen.push(signal.reason);
              resolve();
            });
          });
        },
      },
      { onConnectionClosed: () => closed.open() },
    );
    peer.send(request(1, 'Echo'), request(3, 'Park'));
    await started.opened;
    peer.hangUp();
    await both.opened;
    expect(seen).toMatchObject([{ code: 'closed' }, { code: 'closed' }]);
    expect(server.connectionCount).toBe(0);
  });
});

describe('a hostile or confused peer', () => {
  test.each([
    ['an unknown service', rawFrame(1, 1, Request.encode({ service: 'no.Such', method: 'Echo' })), 12],
    ['an unknown method', request(1, 'Nothing'), 12],
    ['a method named like a property', request(1, '__proto__'), 12],
    ['a method without a handler', request(1, 'Absent'), 12],
    ['a streaming method', request(1, 'Pour'), 12],
    ['a stream left open', request(1, 'Echo', '', 2), 12],
    ['an even id', request(2), 3],
    ['id 0', request(0), 3],
    ['a request that does not parse', rawFrame(1, 1, Uint8Array.of(0xff)), 3],
    ['an empty request', rawFrame(1, 1, new Uint8Array()), 12],
    ['data for no stream', rawFrame(1, 3, new Uint8Array(), 5), 3],
    ['a frame over the limit', rawFrame(1, 1, Buffer.alloc((4 << 20) + 1)), 8],
    [
      'a payload that does not parse',
      rawFrame(
        1,
        1,
        Request.encode({ service: 'sample.Sample', method: 'Echo', payload: Uint8Array.of(10, 9) }),
      ),
      3,
    ],
  ])('%s is answered, and the connection goes on', async (_, bytes: Uint8Array, code: number) => {
    const { server, peer } = withPeer(echo);
    peer.send(bytes, request(9));
    const [first, second] = (await peer.received(2)).map(outcome);
    expect(first).toMatchObject({ streamId: bytes[7], code });
    expect(second).toMatchObject({ streamId: 9, code: 0 });
    server.close();
  });

  test('answers and unknown types are ignored', async () => {
    const { server, peer } = withPeer(echo);
    peer.send(rawFrame(1, 2, new Uint8Array()), rawFrame(1, 77, randomBytes(20)), request(1));
    expect((await peer.received(1)).map(outcome)).toMatchObject([{ streamId: 1, code: 0 }]);
    server.close();
  });

  test('swapped ids are served, repeated ones are not', async () => {
    const { opened, open } = gate();
    const { server, peer } = withPeer({ ...echo, park: () => opened });
    peer.send(request(3), request(1), request(3), request(1), request(5, 'Park'), request(5));
    const seen = (await peer.received(5)).map(outcome);
    expect(seen.filter((each) => (each as { code: number }).code === 3)).toMatchObject([
      { streamId: 3 },
      { streamId: 1 },
      { streamId: 5 },
    ]);
    expect(seen.filter((each) => (each as { code: number }).code === 0)).toMatchObject([
      { streamId: 3 },
      { streamId: 1 },
    ]);
    open();
    server.close();
  });

  test('calls and bytes that wait are limited', async () => {
    const { opened, open } = gate();
    const { server, peer } = withPeer(
      { park: () => opened },
      { maxCallsPerConnection: 2, maxPendingBytes: 1000 },
    );
    peer.send(request(1, 'Park', 'x'.repeat(900)), request(3, 'Park', 'x'.repeat(900)), request(5, 'Park'));
    peer.send(request(7, 'Park'));
    expect((await peer.received(2)).map(outcome)).toMatchObject([
      { streamId: 3, code: 8 },
      { streamId: 7, code: 8 },
    ]);
    open();
    await peer.received(4);
    peer.send(request(9, 'Park', 'x'.repeat(900)));
    expect((await peer.received(5)).map(outcome)[4]).toMatchObject({ streamId: 9, code: 0 });
    server.close();
  });

  test('a peer that does not read its answers is not read either', async () => {
    const written: Uint8Array[] = [];
    const events: string[] = [];
    let listener: { data(bytes: Uint8Array): void; drain(): void } | undefined;
    const answered = gate();
    const server = new TtrpcServer().register(Sample, echo);
    server.serve({
      open: (given) => {
        listener = given;
      },
      write: (bytes: Uint8Array) => {
        written.push(bytes);
        answered.open();
        return false;
      },
      pause: () => events.push('pause'),
      resume: () => events.push('resume'),
      end: () => {},
      destroy: () => {},
    });
    listener?.data(request(1));
    await answered.opened;
    expect(events).toEqual(['pause']);
    listener?.drain();
    expect(events).toEqual(['pause', 'resume']);
    expect(written).toHaveLength(1);
  });

  test('garbage does not bring a server down', async () => {
    const { server, peer } = withPeer(echo);
    peer.send(randomBytes(5000));
    peer.hangUp();
    await peer.ended;
    const other = new RawPeer();
    server.serve(other.other);
    other.send(request(1));
    expect((await other.received(1)).map(outcome)).toMatchObject([{ code: 0 }]);
    server.close();
  });

  test('connections are limited', async () => {
    const { server } = withPeer(echo, { maxConnections: 1 });
    const second = new RawPeer();
    server.serve(second.other);
    await second.ended;
    expect(server.connectionCount).toBe(1);
    server.close();
  });
});

describe('shutdown', () => {
  test('idle connections close, busy ones after their last answer; new calls are refused', async () => {
    const { opened, open } = gate();
    const started = gate();
    const { server, peer: busy } = withPeer({
      park: async () => {
        started.open();
        await opened;
        return { text: 'done' };
      },
    });
    const idle = new RawPeer();
    server.serve(idle.other);
    busy.send(request(1, 'Park'));
    await started.opened;
    const down = server.shutdown();
    await idle.ended;
    busy.send(request(3, 'Park'));
    expect((await busy.received(1)).map(outcome)).toMatchObject([{ streamId: 3, code: 14 }]);
    open();
    expect((await busy.received(2)).map(outcome)).toMatchObject([
      { streamId: 3 },
      { streamId: 1, text: 'done' },
    ]);
    await down;
    const late = new RawPeer();
    server.serve(late.other);
    await late.ended;
  });

  test('what takes too long is aborted', async () => {
    const { client, server } = connect({
      park: (_, { signal }) => new Promise((resolve) => signal.addEventListener('abort', () => resolve())),
    });
    const call = expect(client.service(Sample).park({})).rejects.toMatchObject({ code: 'closed' });
    await server.shutdown(10);
    await call;
  });

  test('a server without connections is down at once', async () => {
    await new TtrpcServer().shutdown();
  });
});

test('a second stream 1 begins a new session where sessions may restart, and is refused elsewhere', async () => {
  const { opened, open } = gate();
  const aborted: unknown[] = [];
  const handlers: ServiceHandlers<Sample> = {
    async echo({ text }, { signal }) {
      if (text === 'wait') {
        signal.addEventListener('abort', () => aborted.push(signal.reason));
        await opened;
      }
      return { text };
    },
  };
  const { peer } = withPeer(handlers, { sessionsRestart: true });
  peer.send(request(1), request(3, 'Echo', 'wait'));
  await peer.received(1);
  peer.send(request(1, 'Echo', 'again'));
  await peer.received(2);
  expect(aborted).toEqual([expect.objectContaining({ code: 'closed' })]);
  // The answer of the session before does not reach the new one, which has ids of its own.
  open();
  peer.send(request(3, 'Echo', 'mine'));
  expect((await peer.received(3)).map(outcome)).toMatchObject([
    { streamId: 1, code: 0, text: 'hi' },
    { streamId: 1, code: 0, text: 'again' },
    { streamId: 3, code: 0, text: 'mine' },
  ]);

  const { peer: strict } = withPeer(handlers);
  strict.send(request(1), request(1));
  const codes = (await strict.received(2)).map(outcome);
  expect(codes).toContainEqual(expect.objectContaining({ streamId: 1, code: 3 }));
});
