import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkNetworkProcesses, processProblem } from './network-process.ts';

let dir: string;
let server: Server | undefined;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'hako-network-process-'));
});
afterEach(() => {
  server?.close();
  rmSync(dir, { recursive: true });
});

const card = (socket: string) =>
  ({
    kind: 'vhost-user',
    id: 'net0',
    socket,
    part: { kind: 'network', mac: '02:00:00:00:00:01' },
  }) as const;

async function serve(onPeer: (peer: Socket) => void): Promise<string> {
  const path = join(dir, 'net.sock');
  server = createServer((peer) => {
    peer.on('error', () => undefined);
    onPeer(peer);
  }).listen(path);
  await once(server, 'listening');
  return path;
}

/** An answer with a header of these, and eight bytes of features, in two pieces. */
function answer(request: number, flags: number) {
  return (peer: Socket): void => {
    peer.once('data', (asked: Buffer) => {
      expect([...asked]).toEqual([1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]);
      const bytes = Buffer.alloc(20);
      bytes.writeUInt32LE(request, 0);
      bytes.writeUInt32LE(flags, 4);
      bytes.writeUInt32LE(8, 8);
      peer.write(bytes.subarray(0, 5), () => peer.end(bytes.subarray(5)));
    });
  };
}

test('a process that says its features is taken', async () => {
  const socket = await serve(answer(1, 5));
  expect(await processProblem(card(socket))).toBeUndefined();
  const disk = { ...card(join(dir, 'other')), part: { kind: 'block' } } as const;
  expect(await checkNetworkProcesses([card(socket), disk])).toEqual([]);
});

test.each([
  ['hangs up at once', (peer: Socket) => void peer.destroy(), /hangs up/],
  ['hangs up when it is asked', (peer: Socket) => void peer.once('data', () => peer.end()), /hangs up/],
  ['says nothing', () => undefined, /within 0\.1 s/],
  ['is asked for another thing', answer(3, 5), /something else/],
  ['asks back', answer(1, 1), /something else/],
  ['speaks HTTP', (peer: Socket) => void peer.end('HTTP/1.1 400 Bad Request\r\n\r\n'), /something else/],
])('one that %s is told by its socket', async (_what, onPeer, rule) => {
  const socket = await serve(onPeer);
  expect(await processProblem(card(socket), 100)).toMatchObject({
    field: 'devices.net0.socket',
    value: socket,
    rule: expect.stringMatching(rule),
  });
});

test('a socket that is not there is told of as one', async () => {
  const socket = join(dir, 'nowhere');
  expect(await checkNetworkProcesses([card(socket)])).toMatchObject([
    { value: socket, rule: expect.stringMatching(/^cannot be connected to: /) },
  ]);
});
