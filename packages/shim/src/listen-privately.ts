import { chmodSync } from 'node:fs';
import type { Server } from 'node:net';

/**
 * Listens on a new Unix socket that only this user may connect to.
 *
 * @param socketPath at most 107 bytes; relative to the working directory where the whole would be longer
 */
export async function listenPrivately(server: Server, socketPath: string): Promise<void> {
  // From its first moment: whoever may not write to a socket cannot connect.
  const before = process.umask(0o177);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(socketPath, resolve);
    });
  } finally {
    process.umask(before);
  }
  chmodSync(socketPath, 0o600);
}
