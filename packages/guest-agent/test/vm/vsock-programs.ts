import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { compileProgram } from '@hako/engine';

/** Puts server and client of the vsock test into a root file system, the client with the libraries that it is linked with. */
export async function makeVsockPrograms(rootfs: string): Promise<void> {
  const source = (name: string) => join(import.meta.dirname, name);
  await compileProgram({
    entry: source('vsock-server.ts'),
    outFile: join(rootfs, 'bin/vsock-server'),
    conditions: ['@hako/source'],
  });
  const client = join(rootfs, 'bin/vsock-client');
  execFileSync(join(import.meta.dirname, '../../../../tools/compile'), [source('vsock-client.ts'), client]);
  const linked = execFileSync('ldd', [client], { encoding: 'utf8' });
  for (const [path = ''] of linked.matchAll(/(?<=\s)\/\S+(?= \()/g)) {
    mkdirSync(join(rootfs, dirname(path)), { recursive: true });
    copyFileSync(path, join(rootfs, path));
  }
}
