import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Workbench } from '../src/workbench.ts';

/** One container for all cases: what config.json says beyond the agent's protocol, seen from inside. */
let bench: Workbench;
let tree: string;
beforeAll(async () => {
  bench = new Workbench();
  tree = join(bench.folder, 'tree');
  mkdirSync(join(tree, 'below'), { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', 'none', join(tree, 'below')]);
  const bundle = bench.bundle([], {
    extra: {
      process: {
        user: { uid: 0, gid: 0, umask: 0o27 },
        args: ['sleep', '1000'],
        env: ['PATH=/usr/sbin:/usr/bin:/sbin:/bin'],
        cwd: '/',
      },
      domainname: 'example.org',
      mounts: [
        { destination: '/proc', type: 'proc', source: 'proc' },
        { destination: '/sys', type: 'sysfs', source: 'sysfs', options: ['ro'] },
        { destination: '/sys/fs/cgroup', type: 'cgroup', source: 'cgroup', options: ['ro'] },
        { destination: '/tmp', type: 'tmpfs', source: 'tmpfs' },
        { destination: '/tree', type: 'bind', source: tree, options: ['rbind', 'ro'] },
      ],
      linux: {
        namespaces: ['pid', 'network', 'ipc', 'uts', 'mount', 'cgroup'].map((type) => ({ type })),
        sysctl: { 'net.ipv4.ip_unprivileged_port_start': '80', 'kernel.msgmax': '9000' },
        resources: { unified: { 'memory.high': '50003968' }, cpu: { idle: 1 } },
      },
    },
  });
  expect(await bench.create(['--bundle', bundle, 'box'])).toMatchObject({ exitCode: 0 });
  expect(await bench.hako(['start', 'box'])).toMatchObject({ exitCode: 0 });
});
afterAll(async () => {
  await bench.hako(['delete', '--force', 'box']);
  execFileSync('umount', [join(tree, 'below')]);
  await bench.close();
});

async function inside(script: string): Promise<string> {
  const { stdout, stderr, exitCode } = await bench.hako(['exec', 'box', 'sh', '-c', script]);
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
  return stdout;
}

test('umask, of the container’s own process and of an exec', async () => {
  expect(await inside('grep Umask /proc/1/status; umask; touch /tmp/x; stat -c %a /tmp/x')).toBe(
    'Umask:\t0027\n0027\n640\n',
  );
});

test('unified resources and CPU idle, at create and by update', async () => {
  expect(await inside('cat /sys/fs/cgroup/memory.high /sys/fs/cgroup/cpu.idle')).toBe('50003968\n1\n');
  const input = '{"unified":{"memory.high":"60002304"}}';
  expect(await bench.hako(['update', '--resources', '-', 'box'], { input })).toMatchObject({ exitCode: 0 });
  expect(await inside('cat /sys/fs/cgroup/memory.high')).toBe('60002304\n');
});

test('domain name', async () => {
  expect(await inside('cat /proc/sys/kernel/domainname')).toBe('example.org\n');
});

test('sysctls of the network and of namespaces', async () => {
  expect(await inside('cat /proc/sys/net/ipv4/ip_unprivileged_port_start /proc/sys/kernel/msgmax')).toBe(
    '80\n9000\n',
  );
});

test('a read-only recursive bind is read-only in the mounts below it too', async () => {
  const script = 'for place in /tree /tree/below; do touch $place/x 2>/dev/null && echo $place; done; true';
  expect(await inside(script)).toBe('');
  expect(await inside('stat -f -c %T /tree/below >/dev/null && echo there')).toBe('there\n');
});
