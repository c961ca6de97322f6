// Compiled by Bun in bun.test.ts: agent and client as they run in the executables, over a hybrid vsock socket.
import { equal, rejects } from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { AgentService, Health, Spec, specFromProto, specToProto } from '@hako/agent-protocol';
import { TtrpcServer } from '@hako/ttrpc';
import { connectAgent, openTransport } from '../src/index.ts';

if (!('Bun' in globalThis)) throw new Error('this is for executables made by Bun');
const path = join(process.argv[2] ?? '.', 'vsock.sock');

const total = 5 << 20;
let sent = 0;
let received = 0;
const server = new TtrpcServer().register(Health, { check: () => ({ status: 1 }) }).register(AgentService, {
  readStdout: ({ len }) => {
    const data = new Uint8Array(Math.min(len, total - sent)).fill(1);
    sent += data.length;
    return { data };
  },
  writeStdin: ({ data }) => {
    received += data.length;
    return { len: data.length };
  },
  closeStdin: () => {},
  waitProcess: () => new Promise<undefined>(() => {}),
});
const listener = createServer((socket) => {
  socket.once('readable', () => {
    equal(socket.read().toString(), 'CONNECT 1024\n');
    socket.write('OK 7\n');
    server.serve(socket);
  });
}).listen(path);
await once(listener, 'listening');

const agent = await connectAgent(await openTransport({ kind: 'hybrid-vsock', path, port: 1024 }));
const process1 = ['c', 'c'] as const;
let read = 0;
for await (const piece of agent.processStdout(...process1)) read += piece.length;
equal(read, total);
await agent.sendStdin(...process1, [new Uint8Array(total)], { pieceBytes: 1 << 20 });
equal(received, total);

await rejects(agent.waitProcess({}, { timeoutMs: 5 }), { code: 'timeout' });
await rejects(agent.getMetrics({}), { code: 'unimplemented' });
const spec = { ociVersion: '1.2.0', hostname: 'ü箱', annotations: { 'a.b': 'c' } };
equal(JSON.stringify(specFromProto(Spec.decode(Spec.encode(specToProto(spec))))), JSON.stringify(spec));

const parked = rejects(agent.waitProcess({}), { code: 'closed' });
server.close();
await parked;
equal((await agent.closed).code, 'closed');
listener.close();
