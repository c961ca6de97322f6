import { chmodSync, mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLine } from '@hako/bundles/toml-line';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compileFileProgram } from '../src/compile-file-program.ts';
import { until } from '../src/until.ts';
import { Workbench } from '../src/workbench.ts';

// `shared_fs = "none"`: what a container needs of the host is copied into the guest.
let bench: Workbench;
beforeAll(async () => {
  bench = new Workbench();
  await compileFileProgram(bench.rootfs);
});
afterAll(() => bench.close());

const bind = (source: string, destination: string, ...options: string[]) => ({
  destination,
  type: 'bind',
  source,
  options: ['bind', ...options],
});
/** Where the guest has the copy of the root file system. */
const inGuest = '/run/kata-containers/shared/containers/copied~rootfs';
const proc = { destination: '/proc', type: 'proc', source: 'proc' };

test('root file system and volumes are copies, volumes follow the host, and hooks of the guest run', async () => {
  const settings = join(bench.folder, 'settings');
  const hosts = join(bench.folder, 'hosts');
  mkdirSync(join(settings, 'sub'), { recursive: true });
  writeFileSync(join(settings, 'sub/key'), 'one');
  writeFileSync(hosts, '127.0.0.1 localhost\n');
  // The folder of hooks is in the guest: this one comes with the root file system.
  const hooks = join(bench.rootfs, 'hooks/prestart');
  mkdirSync(hooks, { recursive: true });
  writeFileSync(join(hooks, 'note'), `#!/bin/sh\necho "$1 $(cat)" > ${inGuest}/hooked\n`);
  chmodSync(join(hooks, 'note'), 0o755);
  const lines = ['shared_fs = "none"', `guest_hook_path = "${inGuest}/hooks"`];
  const config = bench.configuration((text) =>
    withLine(
      lines.reduce((all, line) => withLine(all, line), text),
      'debug_console_enabled = true',
      'agent.kata',
    ),
  );
  const script = [
    'file-checks watch /settings/sub key > /tmp/seen &',
    'echo changed here > /settings/sub/own; cat /settings/sub/key /etc/hosts; grep -c . /proc/mounts',
    'grep -E "virtiofs|9p" /proc/mounts; exec sleep 100000',
  ].join('\n');
  const bundle = bench.bundle(['sh', '-c', script], {
    readonlyRootfs: false,
    extra: {
      mounts: [proc, bind(settings, '/settings'), bind(hosts, '/etc/hosts', 'ro')],
    },
  });
  const { exitCode } = await bench.detached(['--config', config, 'run', '-d', '--bundle', bundle, 'copied']);
  expect(exitCode).toBe(0);
  const read = async (...args: string[]) => (await bench.hako(['exec', 'copied', ...args])).stdout;
  expect(await read('cat', '/settings/sub/key', '/etc/hosts')).toBe('one127.0.0.1 localhost\n');
  expect(await read('cat', '/hooked')).toMatch(/^prestart .*"id":"copied"/);
  expect(await read('sh', '-c', 'grep -cE "virtiofs|9p" /proc/mounts')).toBe('0\n');
  await until(async () => (await read('cat', '/settings/sub/own')) !== '', 'the container has written');
  writeFileSync(join(settings, 'sub/key'), 'two');
  await until(async () => (await read('cat', '/settings/sub/key')) === 'two', 'the volume follows');
  await until(async () => (await read('cat', '/tmp/seen')) === 'watching\nkey\n', 'who watches is told');
  expect((await bench.hako(['exec', 'copied', 'sh', '-c', 'echo x > /etc/hosts'])).stderr).toContain(
    'Read-only file system',
  );
  // A shell of the machine itself.
  const shell = await bench.hako(['console', 'copied'], {
    input: 'cd /run/kata*; printf "\\004\\n"; ls; hostname; exit\n',
  });
  expect(shell).toMatchObject({ exitCode: 0, stderr: '' });
  expect(shell.stdout).toContain('\r\nshared\r\nhako\r\n');
  expect((await bench.hako(['delete', '--force', 'copied'])).exitCode).toBe(0);
});

test('what is too large to be copied is refused by name', async () => {
  const large = join(bench.folder, 'large');
  writeFileSync(large, '');
  truncateSync(large, 17 * 1024 * 1024);
  const config = bench.configuration((text) => withLine(text, 'shared_fs = "none"'));
  const bundle = bench.bundle(['true'], { extra: { mounts: [proc, bind(large, '/large')] } });
  const { exitCode, stderr } = await bench.hako(['--config', config, 'run', '--bundle', bundle, 'c']);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/large has more than 1024 entries or 16 MiB, and shared_fs = "none" copies only/);
  expect(bench.leftovers()).toEqual([]);
});
