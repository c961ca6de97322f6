import { once } from 'node:events';
import { duplexPair } from 'node:stream';
import { AgentService, Health } from '@hako/agent-protocol';
import { TtrpcError, TtrpcServer } from '@hako/ttrpc';
import { describe, expect, test } from 'vitest';
import { serveAgent } from '../test/fake-agent.ts';
import { connectAgent } from './agent-client.ts';
import { AgentError } from './agent-error.ts';
import { defaultTimeoutMs } from './default-timeout.ts';

describe('connecting', () => {
  test('the health check waits in the stream until somebody serves', async () => {
    const [connection, guestEnd] = duplexPair();
    const connecting = connectAgent(connection);
    await once(guestEnd, 'readable');
    expect(guestEnd.readableLength).toBeGreaterThan(10);
    new TtrpcServer()
      .register(Health, { check: () => ({ status: 1 }), version: () => ({ agentVersion: '3.32.0' }) })
      .serve(guestEnd);
    const agent = await connecting;
    expect((await agent.version({})).agentVersion).toBe('3.32.0');
    agent.close();
  });

  test('no answer in time: the connection is closed', async () => {
    const [connection] = duplexPair();
    await expect(connectAgent(connection, { timeoutMs: 5 })).rejects.toMatchObject({
      name: 'AgentError',
      code: 'timeout',
      message: 'agent call Check: no answer within 5 ms',
      facts: { method: 'Check', origin: 'local' },
    });
    expect(connection.destroyed).toBe(true);
  });

  test('cancelled, hung up, does not serve, knows no health', async () => {
    const [waiting] = duplexPair();
    await expect(connectAgent(waiting, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'cancelled',
    });

    const [left, guestEnd] = duplexPair();
    guestEnd.end();
    await expect(connectAgent(left)).rejects.toMatchObject({ code: 'closed' });

    const tired = serveAgent({}, { check: () => ({ status: 2 }) });
    await expect(connectAgent(tired.connection)).rejects.toMatchObject({
      code: 'unavailable',
      facts: { origin: 'peer' },
    });
    expect(tired.connection.destroyed).toBe(true);

    const old = serveAgent({}, {});
    await expect(connectAgent(old.connection)).rejects.toMatchObject({ code: 'unimplemented' });
  });

  test('garbage in place of an answer does not get past the deadline', async () => {
    const [connection, guestEnd] = duplexPair();
    guestEnd.write(
      Buffer.from('login: root\r\nKernel panic - not syncing: attempted to kill init\n'.repeat(100)),
    );
    await expect(connectAgent(connection, { timeoutMs: 20 })).rejects.toMatchObject({ code: 'timeout' });
  });
});

describe('calls', () => {
  test('any part of a request goes in, the whole response comes out', async () => {
    const { connection } = serveAgent({
      getGuestDetails: ({ memBlockSize }) => ({
        memBlockSizeBytes: memBlockSize ? 128n << 20n : 0n,
        agentDetails: { version: 'x' },
      }),
    });
    const agent = await connectAgent(connection);
    expect(await agent.getGuestDetails({ memBlockSize: true })).toEqual({
      memBlockSizeBytes: 128n << 20n,
      supportMemHotplugProbe: false,
      agentDetails: {
        version: 'x',
        initDaemon: false,
        deviceHandlers: [],
        storageHandlers: [],
        supportsSeccomp: false,
        extraFeatures: [],
      },
    });
    agent.close();
  });

  test('every call of the protocol is there', async () => {
    const { connection } = serveAgent();
    const agent = await connectAgent(connection);
    for (const name of Object.keys(AgentService.methods)) {
      const call: unknown = Reflect.get(agent, name.charAt(0).toLowerCase() + name.slice(1));
      expect(call).toBeTypeOf('function');
      await expect((call as (request: object) => Promise<object>)({})).rejects.toMatchObject({
        code: 'unimplemented',
        facts: { method: name, origin: 'peer' },
      });
    }
    agent.close();
  });

  test('long polls have no limit unless one is given; the others have one', async () => {
    expect(defaultTimeoutMs('CreateContainer')).toBe(60_000);
    expect(defaultTimeoutMs('Check')).toBe(30_000);
    const limits = new Map<string, number | undefined>();
    const park = (_: object, context: { method: string; timeoutMs: number | undefined }): void => {
      limits.set(context.method, context.timeoutMs);
    };
    const { connection } = serveAgent({
      waitProcess: park,
      readStdout: park,
      readStderr: park,
      getOOMEvent: park,
      writeStdin: park,
      startContainer: park,
      createContainer: park,
    });
    const agent = await connectAgent(connection);
    await agent.waitProcess({});
    await agent.readStdout({});
    await agent.readStderr({});
    await agent.getOOMEvent({});
    await agent.writeStdin({});
    await agent.startContainer({}, { timeoutMs: 1500 });
    await agent.createContainer({}, { timeoutMs: Number.POSITIVE_INFINITY });
    expect(Object.fromEntries(limits)).toEqual({ StartContainer: 1500 });
    agent.close();
  });

  test('errors name call, container and process', async () => {
    const { connection } = serveAgent({
      signalProcess: () => Promise.reject(new TtrpcError('not-found', 'no process')),
      startContainer: () => Promise.reject(new Error('boom')),
      pauseContainer: () => new Promise<undefined>(() => {}),
    });
    const agent = await connectAgent(connection);
    const ids = { containerId: 'c1', execId: 'e1' };
    await expect(agent.signalProcess({ ...ids, signal: 9 })).rejects.toMatchObject({
      code: 'not-found',
      message: 'agent answered SignalProcess with not-found: no process',
      facts: { method: 'SignalProcess', ...ids, origin: 'peer' },
    });
    await expect(agent.startContainer({ containerId: 'c1' })).rejects.toMatchObject({ code: 'internal' });
    await expect(agent.pauseContainer({ containerId: 'c1' }, { timeoutMs: 5 })).rejects.toMatchObject({
      code: 'timeout',
      facts: { method: 'PauseContainer', containerId: 'c1', origin: 'local' },
    });
    await expect(agent.signalProcess({ ...ids, signal: -1 })).rejects.toMatchObject({
      code: 'invalid-argument',
      facts: { origin: 'local' },
    });
    agent.close();
  });

  test('what the guest writes into an error is cut and made visible', async () => {
    const text = `\u001b[2J\u202eevil\n${'x'.repeat(5000)}`;
    const { connection } = serveAgent({
      startContainer: () => Promise.reject(new TtrpcError('internal', text)),
    });
    const agent = await connectAgent(connection);
    const error = await agent.startContainer({}).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(AgentError);
    const { message, cause } = error as AgentError;
    expect(message).toMatch(
      /^agent answered StartContainer with internal: \\u\{1b\}\[2J\\u\{202e\}evil\\u\{a\}xxx/,
    );
    expect(message.length).toBeLessThan(1200);
    expect(cause).toBeUndefined();
    agent.close();
  });
});

describe('the end', () => {
  test('a VM that dies fails every waiting call, and closed says so', async () => {
    const { connection, server } = serveAgent({ waitProcess: () => new Promise<undefined>(() => {}) });
    const agent = await connectAgent(connection);
    const call = expect(agent.waitProcess({ containerId: 'c' })).rejects.toMatchObject({
      code: 'closed',
      facts: { containerId: 'c' },
    });
    expect(agent.isOpen).toBe(true);
    server.close();
    await call;
    expect(await agent.closed).toMatchObject({ name: 'AgentError', code: 'closed' });
    expect(agent.isOpen).toBe(false);
    await expect(agent.check({})).rejects.toMatchObject({ code: 'closed' });
  });

  test('closing here', async () => {
    const { connection } = serveAgent();
    const agent = await connectAgent(connection);
    agent.close();
    expect((await agent.closed).message).toBe('connection to the agent ended: connection was closed here');
    expect(connection.destroyed).toBe(true);
  });
});
