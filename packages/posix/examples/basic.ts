import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  connectUnix,
  isPosixError,
  listenUnix,
  lockFile,
  openReadable,
  processStartTime,
  unmount,
} from '@hako/posix';

const dir = mkdtempSync(join(tmpdir(), 'posix-'));

// One process at a time.
using lock = await lockFile(join(dir, 'lock'), { timeoutMs: 1000 });
console.log('locked', lock.path.endsWith('lock'));

// A listening socket as a descriptor, to hand to a child: peers can connect before the child runs.
const listener = listenUnix(join(dir, 'socket'));
console.log('listening', listener > 2);
(await connectUnix(join(dir, 'socket'))).destroy();

// A pid alone does not name a process; with its start time it does.
console.log('started', processStartTime(process.pid) !== null);

// Streams over anything that can be opened, without a thread each.
for await (const chunk of openReadable('/proc/self/comm')) console.log('comm', String(chunk).trim() !== '');

try {
  unmount(dir);
} catch (error) {
  if (isPosixError(error)) console.log(error.code, error.facts.syscall);
}
rmSync(dir, { recursive: true });
process.exit(0);
