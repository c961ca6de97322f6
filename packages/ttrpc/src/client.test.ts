import { describe, expect, test } from 'vitest';
import { RawPeer, rawFrame } from '../test/raw-peer.ts';
import { connect, Note, Sample } from '../test/sample-service.ts';
import { TtrpcClient } from './client.ts';
import { Request, Response } from './messages.ts';
import { TtrpcError } from './ttrpc-error.ts';

const nobody = Buffer.alloc(0);

/** A client whose peer is written by the test. */
function withPeer(): { client: TtrpcClient; sample: ReturnType<typeof sampleOf>; peer: RawPeer } {
  const peer = new RawPeer();
  const client = new TtrpcClient(peer.other);
  return { client, sample: sampleOf(client), peer };
}

function sampleOf(client: TtrpcClient) {
  return client.service(Sample);
}

function answer(streamId: number, text: string): Uint8Array {
  return rawFrame(streamId, 2, Response.encode({ payload: Note.encode({ text }) }));
}

describe('calls', () => {
  test('a call goes to its handler and the answer comes back', async () => {
    const { client } = connect({ echo: ({ text }) => ({ text: `${text}!` }) });
    expect(await client.service(Sample).echo({ text: 'hi' })).toEqual(Note.create({ text: 'hi!' }));
    client.close();
  });

  test('ids are odd, growing, and in the order of the frames', async () => {
    const { client, sample, peer } = withPeer();
    const calls = [sample.echo({ text: 'a' }), sample.echo({ text: 'b' }), sample.echo({ text: 'c' })];
    const frames = await peer.received(3);
    expect(frames.map(({ streamId, type, flags }) => [streamId, type, flags])).toEqual([
      [1, 1, 0],
      [3, 1, 0],
      [5, 1, 0],
    ]);
    expect(frames.map(({ data }) => Note.decode(Request.decode(data).payload).text)).toEqual(['a', 'b', 'c']);
    peer.send(answer(5, 'C'), answer(1, 'A'), answer(3, 'B'));
    expect((await Promise.all(calls)).map(({ text }) => text)).toEqual(['A', 'B', 'C']);
    client.close();
  });

  test('deadline and metadata are sent', async () => {
    const { client, sample, peer } = withPeer();
    const call = sample.echo({}, { timeoutMs: 1500, metadata: { Namespace: 'n', many: ['1', '2'] } });
    const [frame] = await peer.received(1);
    expect(Request.decode(frame?.data ?? nobody)).toMatchObject({
      service: 'sample.Sample',
      method: 'Echo',
      timeoutNano: 1_500_000_000n,
      metadata: [
        { key: 'namespace', value: 'n' },
        { key: 'many', value: '1' },
        { key: 'many', value: '2' },
      ],
    });
    peer.send(rawFrame(1, 2, nobody));
    expect(await call).toEqual(Note.create());
    client.close();
  });

  test('a status of the peer is the error, with what it said', async () => {
    const { client, sample, peer } = withPeer();
    const details = [{ typeUrl: 'x.Y', value: Uint8Array.of(1) }];
    peer.send();
    const call = sample.echo({});
    peer.send(rawFrame(1, 2, Response.encode({ status: { code: 5, message: 'no such thing', details } })));
    await expect(call).rejects.toMatchObject({
      name: 'TtrpcError',
      code: 'not-found',
      message: 'no such thing',
      facts: { origin: 'peer', service: 'sample.Sample', method: 'Echo', status: 5, details },
    });
    const strange = sample.echo({});
    peer.send(rawFrame(3, 2, Response.encode({ status: { code: 99 } })));
    await expect(strange).rejects.toMatchObject({ code: 'unknown', facts: { status: 99 } });
    client.close();
  });

  test('a large message goes both ways', async () => {
    const { client } = connect({ echo: (note) => note });
    const data = new Uint8Array(3 << 20).fill(5);
    const { data: back } = await client.service(Sample).echo({ data });
    expect(Buffer.compare(back, data)).toBe(0);
    client.close();
  });
});

describe('calls that are given up', () => {
  test('no answer in time; the late one is dropped and the connection goes on', async () => {
    const { client, sample, peer } = withPeer();
    await expect(sample.echo({}, { timeoutMs: 5 })).rejects.toMatchObject({
      code: 'deadline-exceeded',
      facts: { origin: 'local', method: 'Echo' },
    });
    peer.send(answer(1, 'late'));
    const next = sample.echo({});
    peer.send(answer(3, 'on time'));
    expect((await next).text).toBe('on time');
    expect(client.callCount).toBe(0);
    client.close();
  });

  test('cancelled by a signal, before and after it was sent', async () => {
    const { client, sample, peer } = withPeer();
    const controller = new AbortController();
    const call = sample.echo({}, { signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(call).rejects.toMatchObject({ code: 'cancelled', cause: { message: 'enough' } });
    await expect(sample.echo({}, { signal: controller.signal })).rejects.toMatchObject({ code: 'cancelled' });
    await expect(sample.echo({}, { timeoutMs: 0 })).rejects.toMatchObject({ code: 'deadline-exceeded' });
    expect(await peer.received(1)).toHaveLength(1);
    client.close();
  });
});

describe('calls that cannot be sent', () => {
  test('a message over the limit, too many calls, a streaming or unknown method, a value out of range', async () => {
    const peer = new RawPeer();
    const client = new TtrpcClient(peer.other, { maxCalls: 1 });
    const sample = sampleOf(client);
    await expect(sample.echo({ data: new Uint8Array(4 << 20) })).rejects.toMatchObject({
      code: 'resource-exhausted',
    });
    const waiting = sample.park({});
    await expect(sample.echo({})).rejects.toMatchObject({ code: 'resource-exhausted' });
    for (const name of ['Pour', 'Nothing', 'toString']) {
      await expect(client.call(Sample, name as 'Echo', {})).rejects.toMatchObject({ code: 'unimplemented' });
    }
    await expect(sample.echo({ text: 5 as unknown as string })).rejects.toMatchObject({
      code: 'out-of-range',
    });
    // None of them used an id up.
    expect((await peer.received(1)).map(({ streamId }) => streamId)).toEqual([1]);
    client.close();
    await expect(waiting).rejects.toMatchObject({ code: 'closed' });
  });
});

describe('the end of the connection', () => {
  test('every waiting call fails with closed, later ones too, and closed is told', async () => {
    const { client, sample, peer } = withPeer();
    const calls = [sample.echo({}), sample.park({}, { timeoutMs: 60_000 })];
    await peer.received(2);
    peer.hangUp();
    for (const call of calls) {
      await expect(call).rejects.toMatchObject({ code: 'closed', facts: { service: 'sample.Sample' } });
    }
    expect(await client.closed).toMatchObject({ code: 'closed' });
    expect(client.isOpen).toBe(false);
    await expect(sample.echo({})).rejects.toMatchObject({ code: 'closed' });
  });

  test('a peer that has a name is said to be gone, unless it was left', async () => {
    const peer = new RawPeer();
    const client = new TtrpcClient(peer.other, { peer: 'the printer' });
    const call = client.service(Sample).echo({});
    await peer.received(1);
    peer.hangUp();
    await expect(call).rejects.toThrow('the printer is gone: Echo: connection ended');
    await expect(client.service(Sample).echo({})).rejects.toThrow(
      'the printer is gone: Echo: connection ended',
    );

    const left = new TtrpcClient(new RawPeer().other, { peer: 'the printer' });
    left.close();
    await expect(left.service(Sample).echo({})).rejects.toThrow(/^Echo: connection was closed here$/);
  });

  test('an error of the stream is the cause', async () => {
    const { client, sample, peer } = withPeer();
    const call = sample.echo({});
    peer.other.destroy(new Error('reset'));
    await expect(call).rejects.toMatchObject({ code: 'closed', cause: { message: 'reset' } });
    expect((await client.closed).cause).toMatchObject({ message: 'reset' });
  });

  test('a stream that ended before it was handed over', async () => {
    const peer = new RawPeer();
    peer.other.destroy();
    const client = new TtrpcClient(peer.other);
    expect(await client.closed).toBeInstanceOf(TtrpcError);
  });
});

describe('a hostile peer', () => {
  test.each([
    ['an answer that does not parse', rawFrame(1, 2, Uint8Array.of(0xff)), 'protocol'],
    [
      'a payload that does not parse',
      rawFrame(1, 2, Response.encode({ payload: Uint8Array.of(10, 9) })),
      'protocol',
    ],
    ['data in place of an answer', rawFrame(1, 3, nobody), 'protocol'],
    ['a request in place of an answer', rawFrame(1, 1, nobody), 'protocol'],
    ['a type nobody knows', rawFrame(1, 200, nobody, 255), 'protocol'],
    ['an answer over the limit', rawFrame(1, 2, Buffer.alloc((4 << 20) + 1)), 'resource-exhausted'],
  ])('%s fails that one call', async (_, bytes, code) => {
    const { client, sample, peer } = withPeer();
    const call = sample.echo({});
    const other = sample.echo({});
    peer.send(bytes, answer(3, 'fine'));
    await expect(call).rejects.toMatchObject({ code });
    expect((await other).text).toBe('fine');
    client.close();
  });

  test('answers nobody asked for, twice, with even ids, are dropped', async () => {
    const { client, sample, peer } = withPeer();
    peer.send(answer(2, 'even'), answer(0, 'zero'), answer(4_000_000_001, 'far'));
    await peer.received(0);
    const call = sample.echo({});
    await peer.received(1);
    peer.send(answer(1, 'first'), answer(1, 'second'));
    expect((await call).text).toBe('first');
    expect(client.isOpen).toBe(true);
    client.close();
  });
});
