import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLine } from '@hako/bundles/toml-line';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isRunning } from '../src/is-running.ts';
import { until } from '../src/until.ts';
import { Workbench } from '../src/workbench.ts';

// `sandbox_bind_mounts`: what of the host each guest has, for its own hooks and services.
let bench: Workbench;
beforeAll(() => {
  bench = new Workbench();
});
afterAll(() => bench.close());

const root = '/run/kata-containers/shared/containers/sandbox-mounts';

function folders(name: string): { readonly shown: string; readonly open: string } {
  const [shown, open] = [join(bench.folder, name, 'shown'), join(bench.folder, name, 'open')];
  for (const folder of [shown, open]) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'from-host'), 'there\n');
  }
  return { shown, open };
}

function configuration(sharedFs: string, binds: readonly string[]): string {
  return bench.configuration((text) =>
    withLine(
      withLine(
        withLine(text, `shared_fs = "${sharedFs}"`),
        `sandbox_bind_mounts = ${JSON.stringify(binds)}`,
        'runtime',
      ),
      'debug_console_enabled = true',
      'agent.kata',
    ),
  );
}

/** Runs a script as root of the guest; what its lines `WORDS STATUS` say. */
async function asked(id: string, script: readonly string[]): Promise<readonly string[]> {
  const { stdout } = await bench.hako(['console', id], { input: `${[...script, 'exit'].join('\n')}\n` });
  return stdout.split('\r\n').filter((line) => /^[a-z ]+ \d+$/.test(line));
}

const writes = [
  `cd ${root}`,
  'test "$(cat shown/from-host open/from-host)" = "$(echo there; echo there)"; echo seen $?',
  'touch shown/from-guest; echo made $?',
  'mount -o remount,rw /run/kata-containers/shared/containers; rm shown/from-host; echo removed $?',
  'touch beside; echo beside $?',
  'echo hello > open/from-guest; echo written $?',
];

/** What they say where the host keeps the guest from it. */
const restricted = ['seen 0', 'made 1', 'removed 1', 'beside 1', 'written 0'];

test.each(['virtio-fs', 'virtio-9p'])(
  'by %s read-only is on the host, and rw reaches it',
  async (sharedFs) => {
    const { shown, open } = folders(sharedFs);
    const id = `binds-${sharedFs}`;
    const config = configuration(sharedFs, [shown, `${open}:rw`]);
    const bundle = bench.bundle(['sh', '-c', `ls ${root}; exec sleep 100000`]);
    const { exitCode } = await bench.detached(['--config', config, 'run', '-d', '--bundle', bundle, id]);
    expect(exitCode).toBe(0);
    expect(await asked(id, writes)).toEqual(restricted);
    expect(readdirSync(shown)).toEqual(['from-host']);
    expect(readFileSync(join(open, 'from-guest'), 'utf8')).toBe('hello\n');
    // It is the guest's: a container has its own root.
    expect((await bench.hako(['exec', id, 'ls', root])).exitCode).not.toBe(0);
    expect(await bench.hako(['delete', '--force', id])).toMatchObject({ exitCode: 0, stderr: '' });
    // What was bound is not removed with what it was bound into.
    expect(readdirSync(open)).toEqual(['from-guest', 'from-host']);
    expect(bench.leftovers()).toEqual([]);
  },
);

test('a copy of a template has them, and a machine that was kept ready, also where its shim is killed', async () => {
  const { shown, open } = folders('ready');
  const templates = join(bench.folder, 'templates');
  const endpoint = join(bench.folder, 'cache/machines.sock');
  const factory = (lines: readonly string[]): string => {
    const path = configuration('virtio-9p', [shown, `${open}:rw`]);
    const text = lines.reduce((all, line) => withLine(all, line, 'factory'), readFileSync(path, 'utf8'));
    writeFileSync(path, text);
    return path;
  };
  const copying = ['enable_template = true', `template_path = "${templates}"`];
  const config = factory(copying);
  const bundle = bench.bundle(['sleep', '100000']);
  const start = async (configured: string, id: string) =>
    (await bench.detached(['--config', configured, 'run', '-d', '--bundle', bundle, id])).exitCode;
  expect((await bench.hako(['--config', config, 'factory', 'init'])).exitCode).toBe(0);
  expect(await start(config, 'copy')).toBe(0);
  expect(readFileSync(join(bench.stateRoot, 'copy/timings.json'), 'utf8')).toContain('"copy of a template"');
  expect(await asked('copy', writes)).toEqual(restricted);
  expect(await bench.hako(['delete', '--force', 'copy'])).toMatchObject({ exitCode: 0, stderr: '' });

  const kept = factory([...copying, 'vm_cache_number = 1', `vm_cache_endpoint = "${endpoint}"`]);
  const serving = bench.hako(['--config', kept, 'factory', 'init']);
  const cache = async () =>
    JSON.parse((await bench.hako(['--config', kept, 'factory', 'status', '--json'])).stdout).cache;
  await until(async () => (await cache())?.ready.length === 1, 'a machine is ready');
  expect(await start(kept, 'ready')).toBe(0);
  expect((await cache()).handedOver).toBe(1);
  expect(await asked('ready', writes)).toEqual(restricted);
  const pid = bench.pidOf('ready', 'shim');
  process.kill(pid, 'SIGKILL');
  await until(async () => !isRunning(pid), 'the shim is gone');
  expect(await bench.hako(['delete', '--force', 'ready'])).toMatchObject({ exitCode: 0 });
  expect((await bench.hako(['--config', kept, 'factory', 'destroy'])).exitCode).toBe(0);
  expect((await serving).exitCode).toBe(0);
  expect([readdirSync(shown), readdirSync(open)]).toEqual([['from-host'], ['from-guest', 'from-host']]);
  expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(`${bench.folder}/`);
  expect(bench.leftovers()).toEqual([]);
});

test('without a share the guest has copies', async () => {
  const { shown, open } = folders('none');
  const config = configuration('none', [shown, `${open}:rw`]);
  const bundle = bench.bundle(['sleep', '100000']);
  const { exitCode } = await bench.detached(['--config', config, 'run', '-d', '--bundle', bundle, 'copies']);
  expect(exitCode).toBe(0);
  expect(await asked('copies', writes)).toEqual(['seen 0', 'made 0', 'removed 0', 'beside 0', 'written 0']);
  expect([readdirSync(shown), readdirSync(open)]).toEqual([['from-host'], ['from-host']]);
  expect((await bench.hako(['delete', '--force', 'copies'])).exitCode).toBe(0);
});

test('a path that is not there refuses every container, and check says so', async () => {
  const config = configuration('virtio-9p', ['/no/such', '/etc', '/nor/this:rw']);
  const bundle = bench.bundle(['true']);
  const { exitCode, stderr } = await bench.hako(['--config', config, 'run', '--bundle', bundle, 'never']);
  expect(exitCode).not.toBe(0);
  const said = (path: string) =>
    `runtime.sandbox_bind_mounts "${path}": must exist on this host; make it, or take it out of the list`;
  expect(stderr).toContain(said('/no/such'));
  expect(stderr).toContain(said('/nor/this:rw'));
  const checked = await bench.hako(['--config', config, 'check']);
  expect(checked.exitCode).not.toBe(0);
  expect(checked.stdout).toContain(said('/nor/this:rw'));
  expect(bench.leftovers()).toEqual([]);
});
