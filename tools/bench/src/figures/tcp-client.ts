// Speaks to a guest over TCP and prints how long it took, as JSON. Run in the network namespace that reaches it, by itself, since
// a process is in one: ADDRESS HTTP-PORT ECHO-PORT BYTES ROUNDS
import { once } from 'node:events';
import { openTcp } from './open-tcp.ts';

const [address = '', httpPort = '', echoPort = '', bytes = '', rounds = ''] = process.argv.slice(2);

async function download(): Promise<number> {
  const socket = await openTcp(address, Number(httpPort));
  const startMs = performance.now();
  socket.write('GET /zeros HTTP/1.0\r\n\r\n');
  let length = 0;
  for await (const piece of socket) length += (piece as Buffer).length;
  if (length < Number(bytes)) throw new Error(`${length} bytes of ${bytes} came`);
  return performance.now() - startMs;
}

async function roundTrips(): Promise<number> {
  const socket = await openTcp(address, Number(echoPort));
  const ask = async (): Promise<void> => {
    const answer = once(socket, 'data');
    socket.write('x');
    await answer;
  };
  // Until the server's process has started.
  await ask();
  const startMs = performance.now();
  for (let round = 0; round < Number(rounds); round++) await ask();
  const elapsedMs = performance.now() - startMs;
  socket.destroy();
  return elapsedMs / Number(rounds);
}

const downloadMs = await download();
process.stdout.write(JSON.stringify({ downloadMs, roundTripMs: await roundTrips() }));
