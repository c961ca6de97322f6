import { join } from 'node:path';

/** vhost-user socket of the virtiofsd that serves the share with this index. */
export function shareSocket(runtimeDir: string, index: number): string {
  return join(runtimeDir, `fs${index}.sock`);
}
