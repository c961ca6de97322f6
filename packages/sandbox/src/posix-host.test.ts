import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { mountsBelow, posixHost } from './posix-host.ts';

test('mount points below a directory are found deepest first, with escapes undone', () => {
  const mountinfo = [
    '1 0 8:1 / / rw - ext4 /dev/a rw',
    '2 1 8:1 / /run/x rw - ext4 /dev/a rw',
    '3 2 8:1 / /run/x/a\\040b/c rw - ext4 /dev/a rw',
    '4 1 8:1 / /run/xy rw - ext4 /dev/a rw',
  ].join('\n');
  expect(mountsBelow('/run/x', mountinfo)).toEqual(['/run/x/a b/c', '/run/x']);
});

test('a process is found by its marker and ended only with the right start time', async () => {
  const host = posixHost();
  const marker = `hako-marker-${process.pid}`;
  const child = spawn('sleep', ['60'], { argv0: marker });
  await once(child, 'spawn');
  const pid = child.pid ?? 0;
  const exited = once(child, 'exit');
  expect(host.processesWithMarkers(['no such marker', marker])).toEqual([pid]);
  const startTime = host.processStartTime(pid);
  expect(startTime).not.toBeNull();
  expect(await host.killProcess(pid, (startTime ?? 0) + 1, 1000)).toBe(true);
  expect(host.processStartTime(pid)).toBe(startTime);
  expect(await host.killProcess(pid, startTime ?? 0, 5000)).toBe(true);
  expect(await exited).toEqual([null, 'SIGKILL']);
});
