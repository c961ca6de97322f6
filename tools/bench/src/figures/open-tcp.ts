import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A connection to a guest, whose servers may still be starting. */
export async function openTcp(host: string, port: number): Promise<Socket> {
  for (;;) {
    const socket = connect({ host, port, noDelay: true });
    try {
      await once(socket, 'connect');
      return socket;
    } catch {
      socket.destroy();
      await sleep(50);
    }
  }
}
