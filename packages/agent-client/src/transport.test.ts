import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AgentService, Health } from '@hako/agent-protocol';
import { TtrpcServer } from '@hako/ttrpc';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connectAgent } from './agent-client.ts';
import { openTransport } from './transport.ts';

let folder = '';
let path = '';
let listener: Server | undefined;
const sockets: Socket[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hako-agent-'));
  path = join(folder, 'agent.sock');
});

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  listener?.close();
  listener = undefined;
  rmSync(folder, { recursive: true });
});

async function listen(connection: (socket: Socket) => void): Promise<void> {
  listener = createServer((socket) => {
    sockets.push(socket.on('error', () => {}));
    connection(socket);
  }).listen(path);
  await once(listener, 'listening');
}

const agentServer = (): TtrpcServer =>
  new TtrpcServer()
    .register(Health, { check: () => ({ status: 1 }) })
    .register(AgentService, { listRoutes: () => ({ Routes: [{ dest: '0.0.0.0/0' }] }) });

test('a virtio-serial port: a Unix socket that is the connection', async () => {
  await listen((socket) => agentServer().serve(socket));
  const agent = await connectAgent(await openTransport({ kind: 'unix', path }));
  expect((await agent.listRoutes({})).Routes[0]?.dest).toBe('0.0.0.0/0');
  agent.close();
});

describe('hybrid vsock', () => {
  const address = () => ({ kind: 'hybrid-vsock', path, port: 1024 }) as const;

  test('the port is asked for; what follows the answer belongs to the agent', async () => {
    await listen((socket) => {
      socket.once('data', (request: Buffer) => {
        expect(request.toString()).toBe('CONNECT 1024\n');
        socket.write('OK 1073741824\n');
        agentServer().serve(socket);
      });
    });
    const agent = await connectAgent(await openTransport(address()));
    expect((await agent.check({})).status).toBe(1);
    agent.close();
  });

  test('bytes right behind the line are not lost', async () => {
    await listen((socket) => socket.write('O').valueOf() && socket.write('K 5\nrest'));
    const transport = await openTransport(address());
    expect((await once(transport, 'data')).toString()).toBe('rest');
    transport.destroy();
  });

  test.each([
    ['another answer', 'NO\n', 'unreachable'],
    ['a word that begins the same', 'OKAY\n', 'unreachable'],
    ['a line that does not end', 'OK '.repeat(1000), 'unreachable'],
    ['control characters', '\u001b[2J\n', 'unreachable'],
    ['no answer', '', 'timeout'],
  ])('%s is refused', async (_, answer, code) => {
    await listen((socket) => socket.write(answer));
    const error: unknown = await openTransport(address(), { timeoutMs: 300 }).catch(
      (caught: unknown) => caught,
    );
    expect(error).toMatchObject({ name: 'AgentError', code, facts: { address: `hvsock://${path}:1024` } });
    expect((error as Error).message).not.toMatch(/\p{Cc}/u);
  });

  test('a VMM that hangs up: nobody listens on the port', async () => {
    await listen((socket) => socket.end());
    await expect(openTransport(address())).rejects.toMatchObject({ code: 'unreachable' });
  });
});

test('no socket, a signal', async () => {
  await expect(openTransport({ kind: 'unix', path })).rejects.toMatchObject({
    code: 'unreachable',
    cause: { code: 'ENOENT' },
  });
  await expect(openTransport({ kind: 'unix', path }, { signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: 'cancelled',
  });
});
