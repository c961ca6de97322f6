import { TtrpcError } from '@hako/ttrpc';
import { describe, expect, test } from 'vitest';
import { serveAgent } from '../test/fake-agent.ts';
import { connectAgent } from './agent-client.ts';

describe('processStdout', () => {
  test('pieces come until the end of file, asked for one at a time', async () => {
    const asked: number[] = [];
    const pieces = ['one', 'two', ''];
    const { connection } = serveAgent({
      readStdout: ({ len }) => {
        asked.push(len);
        return { data: Buffer.from(pieces[asked.length - 1] ?? 'more') };
      },
    });
    const agent = await connectAgent(connection);
    const seen: string[] = [];
    for await (const piece of agent.processStdout('c', 'e', { pieceBytes: 100 })) {
      seen.push(Buffer.from(piece).toString());
      expect(asked).toHaveLength(seen.length);
    }
    expect(seen).toEqual(['one', 'two']);
    expect(asked).toEqual([100, 100, 100]);
    agent.close();
  });

  test('after a large piece the next one is asked for while the consumer takes it, and no more than that', async () => {
    let asked = 0;
    const { connection } = serveAgent({
      readStdout: () => {
        asked += 1;
        return { data: new Uint8Array(asked < 4 ? 100_000 : 0) };
      },
    });
    const agent = await connectAgent(connection);
    const pieces = agent.processStdout('c', 'e');
    for (const seen of [1, 2, 3]) {
      expect((await pieces.next()).value).toHaveLength(100_000);
      await agent.check({});
      expect(asked).toBe(seen + 1);
    }
    expect((await pieces.next()).done).toBe(true);
    expect(asked).toBe(4);
    agent.close();
  });

  test('a consumer that stops asks for nothing more, and the agent is told', async () => {
    const asked: number[] = [];
    const { connection } = serveAgent({
      readStderr: ({ len }) => {
        asked.push(len);
        if (len === 0) throw new Error('an agent that does not know this');
        return { data: Buffer.from('x') };
      },
    });
    const agent = await connectAgent(connection);
    for await (const piece of agent.processStderr('c', 'e')) {
      expect(piece).toHaveLength(1);
      break;
    }
    await agent.check({});
    expect(asked).toEqual([2_097_152, 0]);
    agent.close();
  });

  test('asked before the process is there: once, or again where the agent did not know it', async () => {
    let isKnown = false;
    let asked = 0;
    const { connection } = serveAgent({
      readStdout: ({ execId }) => {
        asked += 1;
        if (!isKnown && execId !== 'early') throw new TtrpcError('not-found', execId);
        return { data: Buffer.from(execId) };
      },
      closeStdin: () => {
        asked += 1;
        if (!isKnown) throw new TtrpcError('not-found', 'no process');
      },
    });
    const agent = await connectAgent(connection);
    const started = Promise.withResolvers<void>();
    const first = async (execId: string) => {
      const { value } = await agent.processStdout('c', execId, { started: started.promise }).next();
      return Buffer.from(value ?? []).toString();
    };
    expect(await first('early')).toBe('early');
    const late = first('late');
    const closed = agent.sendStdin('c', 'late', [], { started: started.promise });
    await agent.check({});
    isKnown = true;
    started.resolve();
    expect(await late).toBe('late');
    await closed;
    expect(asked).toBe(5);
    isKnown = false;
    const failed = Promise.reject(new Error('no such program'));
    await expect(agent.processStdout('c', 'none', { started: failed }).next()).rejects.toThrow(
      'no such program',
    );
    agent.close();
  });

  test('more than was asked for, a signal, a piece size out of range', async () => {
    const { connection } = serveAgent({
      readStdout: ({ len, execId }) =>
        execId === 'parked' ? new Promise<undefined>(() => {}) : { data: new Uint8Array(len + 1) },
    });
    const agent = await connectAgent(connection);
    await expect(agent.processStdout('c', 'e').next()).rejects.toMatchObject({
      code: 'protocol',
      facts: { containerId: 'c', execId: 'e', origin: 'peer' },
    });
    const controller = new AbortController();
    const parked = agent.processStdout('c', 'parked', { signal: controller.signal }).next();
    controller.abort();
    await expect(parked).rejects.toMatchObject({ code: 'cancelled' });
    for (const pieceBytes of [0, 1.5, (2 << 20) + 1, Number.NaN]) {
      await expect(agent.processStdout('c', 'e', { pieceBytes }).next()).rejects.toMatchObject({
        code: 'invalid-argument',
      });
    }
    agent.close();
  });
});

describe('sendStdin', () => {
  test('everything arrives in order and in pieces, also when less is taken than was sent; then it is closed', async () => {
    const taken: number[] = [];
    const events: string[] = [];
    const { connection } = serveAgent({
      writeStdin: ({ data }) => {
        const len = Math.min(data.length, 700);
        taken.push(...data.subarray(0, len));
        events.push(`write ${data.length}`);
        return { len };
      },
      closeStdin: ({ containerId, execId }) => {
        events.push(`close ${containerId} ${execId}`);
      },
    });
    const agent = await connectAgent(connection);
    const bytes = new Uint8Array(1800).map((_, index) => index);
    await agent.sendStdin('c', 'e', [bytes.subarray(0, 1500), new Uint8Array(), bytes.subarray(1500)], {
      pieceBytes: 1000,
    });
    expect(taken).toEqual([...bytes]);
    expect(events).toEqual(['write 1000', 'write 800', 'write 100', 'write 300', 'close c e']);
    agent.close();
  });

  test('the source is read no faster than the process takes it', async () => {
    let produced = 0;
    let open = (): void => {};
    const parked = new Promise<void>((resolve) => {
      open = resolve;
    });
    let began = (): void => {};
    const first = new Promise<void>((resolve) => {
      began = resolve;
    });
    const { connection } = serveAgent({
      writeStdin: async ({ data }) => {
        began();
        await parked;
        return { len: data.length };
      },
      closeStdin: () => {},
    });
    const agent = await connectAgent(connection);
    async function* source(): AsyncGenerator<Uint8Array> {
      for (; produced < 5; produced += 1) yield new Uint8Array(10);
    }
    const sent = agent.sendStdin('c', 'e', source());
    await first;
    await agent.check({});
    expect(produced).toBe(0);
    open();
    await sent;
    expect(produced).toBe(5);
    agent.close();
  });

  test.each([0, 11])('an agent that says it took %d of 10 bytes is not believed', async (len) => {
    const { connection } = serveAgent({ writeStdin: () => ({ len }) });
    const agent = await connectAgent(connection);
    await expect(agent.sendStdin('c', 'e', [new Uint8Array(10)])).rejects.toMatchObject({ code: 'protocol' });
    agent.close();
  });
});
