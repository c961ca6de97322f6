// Moves bytes from and to a guest over TCP and prints how long each took, as JSON. Run in the network namespace that reaches it, by
// itself, since a process is in one: ADDRESS BYTES
import { once } from 'node:events';
import { openTcp } from './open-tcp.ts';

const [address = '', bytes = ''] = process.argv.slice(2);
const length = Number(bytes);

/** From the guest's web server, which ends the connection. */
async function download(): Promise<number> {
  const socket = await openTcp(address, 80);
  const startMs = performance.now();
  socket.write('GET /zeros HTTP/1.0\r\n\r\n');
  let come = 0;
  for await (const piece of socket) come += (piece as Buffer).length;
  if (come < length) throw new Error(`${come} bytes of ${length} came`);
  return performance.now() - startMs;
}

/** To a program that says something once it reads, and at the end of what it reads ends the connection. */
async function upload(): Promise<number> {
  const socket = await openTcp(address, 9);
  await once(socket, 'data');
  const startMs = performance.now();
  socket.end(Buffer.alloc(length));
  await once(socket, 'end');
  const elapsedMs = performance.now() - startMs;
  if (socket.bytesWritten < length) throw new Error(`${socket.bytesWritten} bytes of ${length} went`);
  return elapsedMs;
}

const downloadMs = await download();
process.stdout.write(JSON.stringify({ downloadMs, uploadMs: await upload() }));
