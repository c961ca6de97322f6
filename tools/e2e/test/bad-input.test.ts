import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLine } from '@hako/bundles/toml-line';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { Workbench } from '../src/workbench.ts';

let bench: Workbench;
beforeAll(() => {
  bench = new Workbench();
});
afterAll(() => bench.close());
afterEach(() => {
  expect(bench.leftovers(), 'nothing half-made is left').toEqual([]);
});

/** A bundle whose config.json is changed as text. */
function spoiled(change: (text: string) => string): string {
  const bundle = bench.bundle(['true']);
  const path = join(bundle, 'config.json');
  writeFileSync(path, change(readFileSync(path, 'utf8')));
  return bundle;
}

async function failure(bundle: string, id = 'bad') {
  const result = await bench.hako(['run', '--bundle', bundle, id]);
  expect(result.exitCode).toBe(1);
  expect(result.stdout).toBe('');
  return result.stderr;
}

test('a bundle that is missing, or a file', async () => {
  const missing = join(bench.folder, 'nowhere');
  expect(await failure(missing)).toContain(`bundle ${missing} does not exist`);
  const file = join(bench.folder, 'a-file');
  writeFileSync(file, '');
  expect(await failure(file)).toContain('is not a directory');
});

test('a config.json that is missing, not JSON, or of wrong types: each JSON path is named', async () => {
  const empty = join(bench.folder, 'empty');
  mkdirSync(empty);
  expect(await failure(empty)).toContain(`${empty}/config.json does not exist`);
  expect(await failure(spoiled(() => '{ "ociVersion": '))).toMatch(/config\.json:1:\d+/);
  const stderr = await failure(
    spoiled((text) => text.replace('"cwd": "/"', '"cwd": 7').replace('"hostname": "hako"', '"hostname": []')),
  );
  expect(stderr).toContain('process.cwd');
  expect(stderr).toContain('hostname');
});

test('an ociVersion that is not supported', async () => {
  expect(await failure(spoiled((text) => text.replace('"1.0.2"', '"2.0.0"')))).toMatch(
    /ociVersion.*"2\.0\.0"/,
  );
});

test('a root file system that is missing', async () => {
  expect(await failure(bench.bundle(['true'], { rootfs: '/no/such/rootfs' }))).toContain('/no/such/rootfs');
});

test.each([
  ['', 'empty'],
  ['a/b', 'a/b'],
  ['..', '..'],
  ['../x', '../x'],
])('the id %j', async (id, said) => {
  const stderr = await failure(bench.bundle(['true']), id);
  expect(stderr).toContain(said);
});

test('a process that is not in the root file system', async () => {
  const stderr = await failure(bench.bundle(['/bin/no-such-program']));
  expect(stderr).toContain('no-such-program');
  expect(stderr).toMatch(/not found|no such file or directory/i);
});

test('an error goes to --log as exactly one JSON object', async () => {
  const log = join(bench.folder, 'log.json');
  const result = await bench.hako(['--log', log, '--log-format', 'json', 'state', 'unknown']);
  expect(result.exitCode).toBe(1);
  expect(JSON.parse(readFileSync(log, 'utf8'))).toMatchObject({
    level: 'error',
    msg: 'container does not exist: unknown',
    time: expect.stringMatching(/^\d{4}-/),
  });
});

test.each([
  ['path = "/no/such/qemu"', 'qemu-system-x86'],
  ['kernel = "/no/such/vmlinux"', '/no/such/vmlinux'],
  ['image = "/no/such/image"', '/no/such/image'],
  ['virtio_fs_daemon = "/no/such/virtiofsd"', 'qemu-system-common'],
])('a missing program or file of the guest: %s', async (line, said) => {
  const config = bench.configuration((text) => withLine(text, line));
  const result = await bench.hako(['--config', config, 'run', '--bundle', bench.bundle(['true']), 'missing']);
  expect(result.exitCode).toBe(1);
  expect(result.stderr).toContain(said);
  const check = await bench.hako(['--config', config, 'kata-check', '--verbose', '--strict']);
  expect(check.exitCode).toBe(1);
  expect(check.stdout).toContain(said);
});

test('a configuration that is named but missing, or wrong', async () => {
  const bundle = bench.bundle(['true']);
  const missing = await bench.hako(['--config', '/no/such.toml', 'run', '--bundle', bundle, 'x']);
  expect(missing).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('/no/such.toml') });
  const path = join(bench.folder, 'wrong.toml');
  writeFileSync(path, '[hypervisor.qemu]\ndefault_vcpu = 2\ndefault_memory = "much"\n');
  const wrong = await bench.hako(['--config', path, 'run', '--bundle', bundle, 'x']);
  expect(wrong.exitCode).toBe(1);
  expect(wrong.stderr).toContain('wrong.toml:2');
  expect(wrong.stderr).toContain('default_vcpus');
  expect(wrong.stderr).toContain('wrong.toml:3');
});

test('unknown commands and flags show the help on stderr', async () => {
  expect(await bench.hako(['dance'])).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('dance'),
  });
  expect(await bench.hako(['run', '--nope', 'x'])).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('--nope'),
  });
  const signal = await bench.hako(['kill', 'x', 'NOPE']);
  expect(signal).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('NOPE') });
});

test('spec writes a starter that runs, and never over a file', async () => {
  const bundle = join(bench.folder, 'starter');
  mkdirSync(bundle);
  expect(await bench.hako(['spec', '--bundle', bundle])).toMatchObject({ exitCode: 0 });
  expect(existsSync(join(bundle, 'config.json'))).toBe(true);
  const elsewhere = join(bundle, 'elsewhere.json');
  expect(await bench.hako(['spec', '--file', elsewhere])).toMatchObject({ exitCode: 0 });
  for (const options of [
    ['--bundle', bundle],
    ['--file', elsewhere],
  ]) {
    expect(await bench.hako(['spec', ...options])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('exists'),
    });
  }
  const text = readFileSync(join(bundle, 'config.json'), 'utf8').replace(
    '"rootfs"',
    JSON.stringify(bench.rootfs),
  );
  writeFileSync(join(bundle, 'config.json'), text);
  const result = await bench.hako(['run', '--bundle', bundle, 'starter']);
  expect(result).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^Linux hako /) });
});

test.each<[string, () => Buffer, string]>([
  ['64 MiB', () => Buffer.alloc(64 * 2 ** 20, 'a'), 'must not be longer than 16777216 bytes'],
  [
    'bytes that are no UTF-8',
    () => Buffer.from('{"ociVersion":"1.2.0","hostname":"\xff"}', 'latin1'),
    'must be UTF-8, but byte 34 is not',
  ],
  [
    'a member twice',
    () => Buffer.from('{"ociVersion":"1.2.0","ociVersion":"1.2.0"}'),
    'must not be named twice',
  ],
  [
    'a million levels',
    () => Buffer.from(`{"ociVersion":"1.2.0","x":${'{"a":'.repeat(1_000_000)}`),
    'must not be nested deeper than 128',
  ],
])('a config.json of %s: one message, soon, from create, run and explain', async (_name, bytes, said) => {
  const bundle = spoiled(() => '');
  writeFileSync(join(bundle, 'config.json'), bytes());
  for (const args of [
    ['create', '--bundle', bundle, 'x'],
    ['run', '--bundle', bundle, 'x'],
    ['explain', bundle],
  ]) {
    const { exitCode, stdout, stderr, durationMs } = await bench.hako(args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain(said);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(durationMs).toBeLessThan(20_000);
  }
});

test('a configuration that never ends, and a manifest of aliases', async () => {
  const endless = await bench.hako(['--config', '/dev/zero', 'config', 'show']);
  expect(endless).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('must not be longer than 1048576'),
  });
  const manifest = join(bench.folder, 'bomb.yaml');
  const lines = 'abcdefgh'.split('').map((name, index, all) => {
    const item = index === 0 ? 'x' : `*${all[index - 1]}`;
    return `${name}: &${name} [${Array(9).fill(item).join()}]`;
  });
  writeFileSync(manifest, lines.join('\n'));
  const bomb = await bench.hako(['explain', manifest]);
  expect(bomb).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('must not use aliases like this'),
  });
});
