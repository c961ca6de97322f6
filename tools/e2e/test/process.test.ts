import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Workbench } from '../src/workbench.ts';

let bench: Workbench;
beforeAll(() => {
  bench = new Workbench();
});
afterAll(() => bench.close());

test('the exit status is the process’s own, and its two streams stay apart', async () => {
  const result = await bench.run('status', ['sh', '-c', 'echo out; echo err >&2; exit 42']);
  expect(result).toMatchObject({ exitCode: 42, stdout: 'out\n', stderr: 'err\n' });
});

test('a process ended by a signal gives 128 plus its number', async () => {
  // Without a pid namespace: the kernel keeps a namespace's first process from killing itself.
  const extra = { linux: { namespaces: [{ type: 'mount' }, { type: 'uts' }] } };
  expect(await bench.run('signalled', ['sh', '-c', 'kill -KILL $$'], { extra })).toMatchObject({
    exitCode: 137,
  });
});

test('stdin reaches the process, binary and to its end', async () => {
  const bundle = bench.bundle(['sh', '-c', 'wc -c; echo done']);
  const input = `\0\u0001${'x'.repeat(300_000)}`;
  const result = await bench.hako(['run', '--bundle', bundle, 'stdin'], { input });
  expect(result).toMatchObject({ exitCode: 0, stdout: `${input.length}\ndone\n`, stderr: '' });
});

test('output larger than any buffer on the way arrives whole', async () => {
  const script = 'i=0; while [ $i -lt 20000 ]; do echo "line $i of a long output"; i=$((i+1)); done';
  const result = await bench.run('long', ['sh', '-c', script]);
  const lines = result.stdout.split('\n');
  expect(lines.length).toBe(20001);
  expect(lines[19_999]).toBe('line 19999 of a long output');
});

test('output to a file is appended where the caller’s descriptor stands', async () => {
  const bundle = bench.bundle(['echo', 'middle']);
  const file = join(bench.folder, 'out.txt');
  const script = `{ echo first; "$HAKO" --root "$ROOT" run --bundle "$BUNDLE" to-file; echo last; } > ${file} < /dev/null`;
  await bench.shell(script, { BUNDLE: bundle });
  expect(readFileSync(file, 'utf8')).toBe('first\nmiddle\nlast\n');
});

test('user, groups, cwd, environment, umask-free files, hostname and limits are those of config.json', async () => {
  const result = await bench.run(
    'process',
    [
      'sh',
      '-c',
      'id -u; id -g; pwd; echo $GREETING; hostname; ulimit -n; grep -E "^(CapEff|NoNewPrivs|Groups)" /proc/self/status',
    ],
    {
      hostname: 'in-the-vm',
      extra: {
        process: {
          terminal: false,
          user: { uid: 1234, gid: 567, additionalGids: [10, 20] },
          args: [
            'sh',
            '-c',
            'id -u; id -g; pwd; echo $GREETING; hostname; ulimit -n; grep -E "^(CapEff|NoNewPrivs|Groups)" /proc/self/status',
          ],
          env: ['PATH=/bin', 'GREETING=a=b c'],
          cwd: '/tmp',
          capabilities: {
            bounding: ['CAP_KILL', 'CAP_CHOWN'],
            effective: ['CAP_KILL'],
            permitted: ['CAP_KILL'],
            inheritable: ['CAP_KILL'],
            ambient: ['CAP_KILL'],
          },
          rlimits: [{ type: 'RLIMIT_NOFILE', soft: 333, hard: 444 }],
          noNewPrivileges: true,
        },
      },
    },
  );
  expect(result.stderr).toBe('');
  expect(result.stdout.split('\n')).toEqual([
    '1234',
    '567',
    '/tmp',
    'a=b c',
    'in-the-vm',
    '333',
    expect.stringMatching(/^Groups:\s10 20/),
    expect.stringMatching(/^CapEff:\s0000000000000020/),
    expect.stringMatching(/^NoNewPrivs:\s1/),
    '',
  ]);
});

test('seccomp filters in the guest', async () => {
  const seccomp = {
    defaultAction: 'SCMP_ACT_ALLOW',
    architectures: ['SCMP_ARCH_X86_64'],
    syscalls: [{ names: ['mkdir', 'mkdirat'], action: 'SCMP_ACT_ERRNO', errnoRet: 13 }],
  };
  const namespaces = ['pid', 'network', 'ipc', 'uts', 'mount'].map((type) => ({ type }));
  const result = await bench.run('seccomp', ['sh', '-c', 'grep ^Seccomp: /proc/self/status; mkdir /tmp/x'], {
    readonlyRootfs: false,
    extra: { linux: { namespaces, seccomp } },
  });
  expect(result.stdout).toMatch(/^Seccomp:\s2/);
  expect(result.stderr).toContain('Permission denied');
  expect(result.exitCode).toBe(1);
});

test('cgroup limits hold, as seen from inside', async () => {
  const result = await bench.run(
    'limits',
    ['sh', '-c', 'cd /sys/fs/cgroup && cat memory.max pids.max cpu.max cpu.weight'],
    {
      extra: {
        mounts: [
          { destination: '/proc', type: 'proc', source: 'proc' },
          {
            destination: '/sys',
            type: 'sysfs',
            source: 'sysfs',
            options: ['nosuid', 'noexec', 'nodev', 'ro'],
          },
          { destination: '/sys/fs/cgroup', type: 'cgroup', source: 'cgroup', options: ['ro'] },
        ],
        linux: {
          namespaces: ['pid', 'network', 'ipc', 'uts', 'mount', 'cgroup'].map((type) => ({ type })),
          resources: {
            memory: { limit: 67_108_864 },
            pids: { limit: 77 },
            cpu: { quota: 50_000, period: 100_000, shares: 1024 },
          },
        },
      },
    },
  );
  expect(result.stderr).toBe('');
  expect(result.stdout.split('\n').slice(0, 3)).toEqual(['67108864', '77', '50000 100000']);
});

test('mounts of config.json: a folder, a file, read-only and not, and a tmpfs with its size', async () => {
  const shared = join(bench.folder, 'shared');
  mkdirSync(shared);
  writeFileSync(join(shared, 'from-host'), 'hello from the host\n');
  writeFileSync(join(bench.folder, 'single'), 'one file\n');
  const bundle = bench.bundle(
    [
      'sh',
      '-c',
      'cat /data/from-host /etc/single; echo back > /data/from-guest; echo no > /fixed/x; df -k /scratch | tail -1',
    ],
    {
      extra: {
        mounts: [
          { destination: '/proc', type: 'proc', source: 'proc' },
          { destination: '/data', type: 'bind', source: shared, options: ['rbind', 'rw'] },
          { destination: '/fixed', type: 'bind', source: shared, options: ['rbind', 'ro'] },
          {
            destination: '/etc/single',
            type: 'bind',
            source: join(bench.folder, 'single'),
            options: ['bind', 'ro'],
          },
          { destination: '/scratch', type: 'tmpfs', source: 'tmpfs', options: ['size=4096k'] },
        ],
      },
    },
  );
  const result = await bench.hako(['run', '--bundle', bundle, 'mounts']);
  expect(result.stdout).toContain('hello from the host\none file\n');
  expect(result.stdout).toMatch(/tmpfs\s+4096\s/);
  expect(result.stderr).toMatch(/\/fixed\/x: Read-only file system/);
  expect(readFileSync(join(shared, 'from-guest'), 'utf8')).toBe('back\n');
});

test('a read-only root file system is read-only, also for the guest’s root', async () => {
  const result = await bench.run('ro', ['sh', '-c', 'echo x > /x']);
  expect(result.stderr).toContain('Read-only file system');
});
