import { once } from 'node:events';
import { fstatSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ThreadStream } from './thread-stream.ts';
import { connectUnixDescriptor } from './unix-socket.ts';

let folder: string;
let server: Server;
let fd: number;
let stream: ThreadStream;
let peer: Socket;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'thread-stream-'));
  server = createServer({ allowHalfOpen: true }).listen(join(folder, 'socket'));
  await once(server, 'listening');
  const connection = once(server, 'connection');
  fd = connectUnixDescriptor(join(folder, 'socket'));
  stream = new ThreadStream(fd);
  [peer] = (await connection) as [Socket];
});
afterEach(() => {
  peer.destroy();
  server.close();
  rmSync(folder, { recursive: true });
});

test('bytes go both ways, more than a socket holds, and each side hears of the other’s end', async () => {
  peer.pipe(peer);
  const sent = Buffer.alloc(3 << 20, 'hako');
  const closed = once(stream, 'close');
  stream.end(sent);
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  expect(Buffer.concat(chunks).equals(sent)).toBe(true);
  await closed;
  expect(() => fstatSync(fd)).toThrow(/EBADF/);
});

test('a stream that waits for bytes can be destroyed, and closes its descriptor', async () => {
  stream.resume();
  await new Promise((resolve) => stream.write('x', resolve));
  stream.destroy();
  await once(stream, 'close');
  expect(() => fstatSync(fd)).toThrow(/EBADF/);
});
