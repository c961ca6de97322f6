import { execFileSync } from 'node:child_process';
import {
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { withLine } from '@hako/bundles/toml-line';
import { posixHost } from '@hako/sandbox/state';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { NetworkStage, page } from '../src/network-stage.ts';
import { until } from '../src/until.ts';
import { Workbench } from '../src/workbench.ts';

const mib = 2 ** 20;
let bench: Workbench;
let stage: NetworkStage;
/** Where the templates of this file are. */
let folder: string;

beforeAll(async () => {
  bench = new Workbench();
  folder = join(bench.folder, 'templates');
  stage = new NetworkStage(bench.folder);
  stage.link('eth0', 78);
  await stage.serve();
});
afterAll(async () => {
  try {
    await bench.close();
  } finally {
    await stage.close();
  }
});

function configurationWith(sharedFs: string, templates = folder): string {
  const lines = [
    ['hypervisor.qemu', `shared_fs = "${sharedFs}"`],
    ['hypervisor.qemu', 'default_maxvcpus = 2'],
    ['hypervisor.qemu', 'default_maxmemory = 1024'],
    ['hypervisor.qemu', 'disable_block_device_use = false'],
    ['factory', 'enable_template = true'],
    ['factory', `template_path = "${templates}"`],
  ] as const;
  return bench.configuration((text) =>
    lines.reduce((all, [section, line]) => withLine(all, line, section), text),
  );
}

const keys = (): string[] =>
  existsSync(folder) ? readdirSync(folder).filter((name) => /^[0-9a-f]{32}$/.test(name)) : [];
const entries = (): string[] => readdirSync(folder).filter((name) => !keys().includes(name));
/** Processes that have to do with the templates of this file, but for machines that were started from them. */
const makers = (): readonly number[] => posixHost().processesWithMarkers([join(folder, 'making')]);

async function status(config: string): Promise<{ isBeingMade: boolean; templates: { machine: string[] }[] }> {
  const { stdout } = await bench.hako(['--config', config, 'factory', 'status', '--json']);
  return JSON.parse(stdout);
}

/** Runs a script to its end and says how the machine started. */
async function run(config: string, id: string, script: string, options: object = {}) {
  const timings = join(bench.folder, `${id}.json`);
  const bundle = bench.bundle(['sh', '-c', script], options);
  const result = await bench.hako(['--config', config, 'run', '--timings', timings, '--bundle', bundle, id]);
  const phases = existsSync(timings) ? readFileSync(timings, 'utf8') : '';
  return { ...result, how: phases.includes('"copy of a template"') ? 'copy' : 'boot' };
}

const inStage = { type: 'network', path: '' };
const namespaces = () => [
  ...['pid', 'ipc', 'uts', 'mount'].map((type) => ({ type })),
  { ...inStage, path: stage.path },
];

test.each(['virtio-9p', 'virtio-fs'])(
  'a copy by %s has a share, network, exec, vCPUs, memory and disks of its own, like a machine that has booted',
  async (sharedFs) => {
    const config = configurationWith(sharedFs);
    const before = keys().length;
    const first = await run(config, 'first', 'cat /proc/sys/kernel/random/boot_id');
    expect(first).toMatchObject({ exitCode: 0, stderr: '', how: 'boot' });
    await until(() => keys().length === before + 1, 'the template is made');
    await until(async () => !(await status(config)).isBeingMade, 'the maker has ended');
    expect(entries()).toEqual(['lock']);
    expect((await status(config)).templates[0]?.machine).toContain(sharedFs);

    const disk = join(bench.folder, `disk-${sharedFs}`);
    writeFileSync(disk, 'on disk');
    truncateSync(disk, 8 * mib);
    const device = execFileSync('losetup', ['--find', '--show', disk], { encoding: 'utf8' }).trim();
    try {
      const { rdev } = statSync(device);
      const node = { path: '/dev/data', type: 'b', major: (rdev >> 8) & 0xfff, minor: rdev & 0xff };
      const linux = {
        namespaces: namespaces(),
        devices: [node],
        resources: {
          cpu: { quota: 100_000, period: 100_000 },
          memory: { limit: 200 * mib },
          devices: [{ allow: true, ...{ type: 'b', major: node.major, minor: node.minor }, access: 'rwm' }],
        },
      };
      const bundle = bench.bundle(['sleep', '1000'], {
        hostname: 'its-own',
        readonlyRootfs: false,
        extra: { linux },
      });
      const started = await bench.detached([
        '--config',
        config,
        'run',
        '--detach',
        '--bundle',
        bundle,
        'copy',
      ]);
      expect(started).toMatchObject({ exitCode: 0, stderr: '' });
      const script = [
        'cat /proc/sys/kernel/random/boot_id',
        'hostname',
        'date +%s',
        'wget -qO- http://10.78.0.1/',
        'head -c 7 /dev/data; echo',
        'grep -c ^processor /proc/cpuinfo',
        'grep MemTotal /proc/meminfo',
        'echo kept >/written && cat /written',
      ].join('\n');
      const seen = await bench.hako(['exec', 'copy', 'sh', '-c', script]);
      expect(seen).toMatchObject({ exitCode: 0, stderr: '' });
      const [bootId, hostname, seconds, web, data, vcpus, memory, written] = seen.stdout.split('\n');
      expect(bootId).not.toBe(first.stdout.trim());
      expect(hostname).toBe('its-own');
      expect(Math.abs(Number(seconds) - Date.now() / 1000)).toBeLessThan(30);
      expect(`${web}\n`).toBe(page);
      expect(data).toBe('on disk');
      expect(vcpus).toBe('2');
      expect(Number(/\d+/.exec(memory ?? '')?.[0])).toBeGreaterThan(300 * 1024);
      expect(written).toBe('kept');
      expect(readFileSync(join(bench.rootfs, 'written'), 'utf8')).toBe('kept\n');
      rmSync(join(bench.rootfs, 'written'));
      expect((await bench.hako(['delete', '--force', 'copy'])).exitCode).toBe(0);
    } finally {
      execFileSync('losetup', ['--detach', device]);
    }

    // Two copies have nothing random in common.
    const words = 'cat /proc/sys/kernel/random/boot_id; head -c 16 /dev/urandom | od -An -tx1';
    const copies = await Promise.all([run(config, 'one', words), run(config, 'two', words)]);
    for (const copy of copies) expect(copy).toMatchObject({ exitCode: 0, stderr: '', how: 'copy' });
    const texts = copies.flatMap(({ stdout }) => stdout.trim().split('\n'));
    expect(new Set(texts).size).toBe(4);
  },
);

test('a template that is truncated, of another version or not ours is told of, and the start succeeds', async () => {
  const config = configurationWith('virtio-9p');
  const [key = ''] = keys().filter((name) =>
    readFileSync(join(folder, name, 'template.json'), 'utf8').includes('virtio-9p'),
  );
  const template = join(folder, key);
  truncateSync(join(template, 'memory'), mib);
  const truncated = await run(config, 'truncated', 'echo ran');
  expect(truncated).toMatchObject({ exitCode: 0, stdout: 'ran\n', how: 'boot' });
  expect(truncated.stderr).toContain('memory has 1048576 bytes');
  await until(() => keys().includes(key), 'the template is made again');
  await until(async () => !(await status(config)).isBeingMade, 'the maker has ended');

  // Of the right size, and nonsense: QEMU finds that out.
  const state = join(template, 'state');
  writeFileSync(state, Buffer.alloc(statSync(state).size, 'x'));
  const nonsense = await run(config, 'nonsense', 'echo ran');
  expect(nonsense).toMatchObject({ exitCode: 0, stdout: 'ran\n', how: 'boot' });
  expect(nonsense.stderr).toContain('is dropped');
  expect((await bench.hako(['--config', config, 'factory', 'destroy'])).exitCode).toBe(0);
  expect(existsSync(folder)).toBe(false);
  expect(makers()).toEqual([]);
});

test('ten first starts at once make one template, and none fails; a maker that is killed leaves nothing to the next', async () => {
  const config = configurationWith('virtio-9p');
  const starts = await Promise.all(
    Array.from({ length: 10 }, (_, index) => run(config, `at-once-${index}`, 'date +%s')),
  );
  for (const start of starts) {
    expect(start).toMatchObject({ exitCode: 0, stderr: '' });
    // Guests that boot in each other's way tell the time all the same.
    expect(Math.abs(Number(start.stdout) - Date.now() / 1000)).toBeLessThan(60);
  }
  await until(() => keys().length > 0, 'the template is made');
  await until(async () => !(await status(config)).isBeingMade, 'the maker has ended');
  expect(keys()).toHaveLength(1);
  expect((await bench.hako(['--config', config, 'factory', 'destroy'])).exitCode).toBe(0);

  for (const moment of ['journal.jsonl', 'vm/qemu.pid', 'template/state']) {
    const making = bench.hako(['--config', config, 'factory', 'init']);
    await until(() => existsSync(join(folder, 'making', moment)), `${moment} is there`);
    const [pid] = readFileSync(join(folder, 'lock'), 'utf8').split(' ');
    process.kill(Number(pid), 'SIGKILL');
    expect((await making).exitCode).not.toBe(0);
    // Whoever comes next undoes what it left, also a machine that it had no time to tie to itself.
    expect((await bench.hako(['--config', config, 'factory', 'destroy'])).exitCode).toBe(0);
    expect(makers()).toEqual([]);
    expect(existsSync(folder)).toBe(false);
  }
  const init = await bench.hako(['--config', config, 'factory', 'init']);
  expect(init).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/ is made\n$/) });
  expect(entries()).toEqual(['lock']);
  expect(await run(config, 'after', 'echo ran')).toMatchObject({ exitCode: 0, stdout: 'ran\n', how: 'copy' });
  const removed = await bench.hako(['--config', config, 'factory', 'destroy']);
  expect(removed).toMatchObject({ exitCode: 0, stdout: `1 template removed from ${folder}\n` });
});
