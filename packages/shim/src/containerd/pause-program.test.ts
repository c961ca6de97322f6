import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ContainerConfig } from '@hako/oci-translate';
import { expect, onTestFinished, test } from 'vitest';
import { runPauseProgram } from './pause-program.ts';

test('the pause container runs a program that waits, whatever its image says, and lets its children be reaped', async () => {
  const rootfs = mkdtempSync(join(tmpdir(), 'hako-pause-'));
  onTestFinished(() => rmSync(rootfs, { recursive: true }));
  const process = { args: ['/no/such'], cwd: '/none', user: { uid: 65_535, gid: 65_535 } };
  const container = { spec: { ociVersion: '1.0.2', process } } as unknown as ContainerConfig;
  const { args, cwd, user } = runPauseProgram(container, rootfs).spec.process ?? {};
  expect({ args, cwd, user }).toEqual({ args: ['/pause'], cwd: '/', user: process.user });

  const pause = spawn(join(rootfs, 'pause'));
  const ended = once(pause, 'exit');
  // Bit 16 is SIGCHLD.
  await expect
    .poll(() => readFileSync(`/proc/${pause.pid}/status`, 'utf8'))
    .toMatch(/^SigIgn:\t[0-9a-f]{11}1[0-9a-f]{4}$/m);
  pause.kill('SIGKILL');
  expect(await ended).toEqual([null, 'SIGKILL']);
});
