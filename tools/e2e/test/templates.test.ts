import { type ChildProcess, execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
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
import { Containerd } from '../src/containerd.ts';
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

/** A machine that was ready has neither. */
const phaseOf = { copy: 'copy of a template', boot: 'kernel' };

/** Runs a script to its end and says how the machine started. */
async function run(config: string, id: string, script: string, options: object = {}) {
  const timings = join(bench.folder, `${id}.json`);
  const bundle = bench.bundle(['sh', '-c', script], options);
  const result = await bench.hako(['--config', config, 'run', '--timings', timings, '--bundle', bundle, id]);
  const phases = existsSync(timings) ? readFileSync(timings, 'utf8') : '';
  const [how = 'ready'] = (['copy', 'boot'] as const).filter((each) => phases.includes(`"${phaseOf[each]}"`));
  return { ...result, how };
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

  // Taken away while copies of it start.
  const copies = ['gone-1', 'gone-2', 'gone-3'].map((id) => run(config, id, 'echo ran'));
  await until(() => bench.hasShim('gone-1'), 'the first one starts');
  rmSync(join(folder, keys()[0] ?? ''), { recursive: true, force: true });
  for (const copy of copies) expect(await copy).toMatchObject({ exitCode: 0, stdout: 'ran\n' });
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
  // On a disk that is full before the machine has booted.
  mkdirSync(folder);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m,mode=700', 'none', folder]);
  try {
    const full = await bench.hako(['--config', config, 'factory', 'init']);
    expect(full).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('no space left') });
    expect([entries().toSorted(), makers()]).toEqual([['failed', 'lock'], []]);
    const booted = await run(config, 'on-full-disk', 'echo ran');
    expect(booted).toMatchObject({ exitCode: 0, stdout: 'ran\n', stderr: '', how: 'boot' });
  } finally {
    execFileSync('umount', [folder]);
  }
  const init = await bench.hako(['--config', config, 'factory', 'init']);
  expect(init).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/ is made\n$/) });
  expect(entries()).toEqual(['lock']);
  expect(await run(config, 'after', 'echo ran')).toMatchObject({ exitCode: 0, stdout: 'ran\n', how: 'copy' });
  const removed = await bench.hako(['--config', config, 'factory', 'destroy']);
  expect(removed).toMatchObject({ exitCode: 0, stdout: `1 template removed from ${folder}\n` });
});

test('machines are kept ready for whoever asks, replaced, and nothing of them outlives their server', async () => {
  const endpoint = join(bench.folder, 'cache/machines.sock');
  const withCache = (config: string): string => {
    const lines = ['vm_cache_number = 1', `vm_cache_endpoint = "${endpoint}"`];
    const text = lines.reduce((all, line) => withLine(all, line, 'factory'), readFileSync(config, 'utf8'));
    writeFileSync(config, text);
    return config;
  };
  const booting = withCache(configurationWith('virtio-fs'));
  writeFileSync(
    booting,
    readFileSync(booting, 'utf8').replace('enable_template = true', 'enable_template = false'),
  );
  const copying = withCache(configurationWith('virtio-9p'));
  const cache = async () => {
    const { stdout } = await bench.hako(['--config', copying, 'factory', 'status', '--json']);
    return (JSON.parse(stdout) as { cache?: { ready: number[]; making: number; handedOver: number } }).cache;
  };
  const ready = async (handedOver: number): Promise<number> => {
    await until(async () => {
      const status = await cache();
      return status?.ready.length === 1 && status.handedOver === handedOver;
    }, 'a machine is ready');
    return (await cache())?.ready[0] ?? 0;
  };
  /** Serves until somebody ends it. */
  const serve = (config: string) => {
    let child: ChildProcess | undefined;
    const ended = bench.hako(['--config', config, 'factory', 'init'], {
      onStart: (started) => {
        child = started;
      },
    });
    return { ended, kill: () => child?.kill('SIGKILL') };
  };
  const spares = (): readonly number[] => posixHost().processesWithMarkers([`${endpoint}.d`]);
  const containerd = new Containerd(join(bench.folder, 'containerd'));
  await containerd.start();
  try {
    await containerd.import(bench.rootfs);
    // Machines that have booted.
    const first = serve(booting);
    await ready(0);
    const options = { hostname: 'its-own', extra: { linux: { namespaces: namespaces() } } };
    const script = 'hostname; wget -qO- http://10.78.0.1/; date +%s; cat /proc/sys/kernel/random/boot_id';
    const one = await run(booting, 'one', script, options);
    expect(one).toMatchObject({ exitCode: 0, stderr: '', how: 'ready' });
    const [hostname, web, seconds] = one.stdout.split('\n');
    expect([hostname, `${web}\n`]).toEqual(['its-own', page]);
    expect(Math.abs(Number(seconds) - Date.now() / 1000)).toBeLessThan(30);
    // Only what the machine is has to be the same, and this one's is another.
    expect(await run(copying, 'other', 'echo ran')).toMatchObject({ stdout: 'ran\n', how: 'boot' });
    expect((await cache())?.handedOver).toBe(1);
    const second = await bench.hako(['--config', booting, 'factory', 'init']);
    expect([second.exitCode, second.stderr]).toEqual([1, expect.stringContaining('is served')]);
    expect((await bench.hako(['--config', booting, 'factory', 'destroy'])).stdout).toContain('no machines');
    expect(await first.ended).toMatchObject({ exitCode: 0, stderr: '' });
    expect([spares(), existsSync(endpoint), existsSync(`${endpoint}.d`)]).toEqual([[], false, false]);

    // Machines that are copies.
    const copies = serve(copying);
    const died = await ready(0);
    process.kill(died, 'SIGKILL');
    await until(async () => ((await cache())?.ready ?? [died])[0] !== died, 'it is seen');
    expect(await ready(0)).not.toBe(died);
    const task = await containerd.run(
      ['--rm', '--runtime-config-path', copying],
      ['of-containerd', 'sh', '-c', 'echo ran'],
    );
    expect(task).toMatchObject({ exitCode: 0, stdout: 'ran\n' });
    await ready(1);
    const held = ['--config', copying, 'run', '--detach', '--bundle', bench.bundle(['sleep', '1000'])];
    expect((await bench.detached([...held, 'held'])).exitCode).toBe(0);
    await ready(2);

    // The server is killed: the machine that somebody has goes on, the one that waits goes.
    copies.kill();
    await copies.ended;
    await until(() => readdirSync(`${endpoint}.d`).length === 1, 'the machine that waited is gone');
    expect((await bench.hako(['exec', 'held', 'echo', 'ran'])).stdout).toBe('ran\n');
    expect(await run(copying, 'without', 'echo ran')).toMatchObject({ stdout: 'ran\n', how: 'copy' });
    // Killed together, they leave it to the next one.
    const again = serve(copying);
    const waiting = await ready(0);
    again.kill();
    process.kill(waiting, 'SIGKILL');
    await again.ended;
    expect(readdirSync(`${endpoint}.d`)).toHaveLength(2);
    expect((await bench.hako(['--config', copying, 'factory', 'destroy'])).exitCode).toBe(0);
    expect(readdirSync(`${endpoint}.d`)).toHaveLength(1);
    expect((await bench.hako(['exec', 'held', 'echo', 'ran'])).stdout).toBe('ran\n');
    expect((await bench.hako(['delete', '--force', 'held'])).exitCode).toBe(0);
    // Its shim, which kept the machine, answers before it ends.
    await until(() => spares().length === 0, 'the last process has ended');
    expect([readdirSync(`${endpoint}.d`), existsSync(endpoint)]).toEqual([[], false]);
  } finally {
    await bench.hako(['--config', copying, 'factory', 'destroy']);
    await containerd.close();
  }
});
