import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hakoPath } from '../src/paths.ts';
import { until } from '../src/until.ts';
import { Workbench } from '../src/workbench.ts';

const MIB = 1 << 20;

let bench: Workbench;
beforeAll(async () => {
  bench = new Workbench();
  await bench.create(['--bundle', bench.bundle(['sleep', '100000']), 'host']);
  await bench.hako(['start', 'host']);
});
afterAll(() => bench.close());

/** `hako exec host ARGS...`, for a shell script. */
const exec = '"$HAKO" --root "$ROOT" exec host';

const md5 = (bytes: Buffer): string => createHash('md5').update(bytes).digest('hex');

test('random bytes go in and out through one process unchanged', async () => {
  const bytes = randomBytes(32 * MIB);
  writeFileSync(join(bench.folder, 'random'), bytes);
  const { stdout } = await bench.shell(`cat random | ${exec} cat | md5sum`);
  expect(stdout).toBe(`${md5(bytes)}  -\n`);
});

test('files and sockets carry streams as pipes do', async () => {
  const bytes = randomBytes(2 * MIB);
  writeFileSync(join(bench.folder, 'in'), Buffer.concat([Buffer.from('skipped'), bytes]));
  // The offsets are the caller's: seven bytes are read before, and both programs write one after the other.
  await bench.shell(`{ dd bs=7 count=1 status=none; ${exec} cat; echo after; } < in > out`);
  const out = readFileSync(join(bench.folder, 'out'));
  expect(out.subarray(0, 7).toString()).toBe('skipped');
  expect(md5(out.subarray(7, -6))).toBe(md5(bytes));
  expect(out.subarray(-6).toString()).toBe('after\n');
  // The streams of a child of Node.js are sockets.
  const text = `${'x'.repeat(500_000)}\n`;
  expect(await bench.hako(['exec', 'host', 'cat'], { input: text })).toMatchObject({
    stdout: text,
    exitCode: 0,
  });
});

test('a slow reader slows the process, and nothing piles up in the shim', async () => {
  const shim = bench.pidOf('host', 'shim');
  const child = spawn(
    hakoPath,
    ['--root', bench.stateRoot, 'exec', 'host', 'head', '-c', '64m', '/dev/zero'],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const exited = once(child, 'exit');
  await until(() => child.stdout.readableLength > 0, 'output has begun');
  const before = readBytes(shim);
  await settled(() => readBytes(shim));
  // What pipes, sockets and two pieces under way hold; not the rest of the 64 MiB.
  expect(readBytes(shim) - before).toBeLessThan(6 * MIB);
  let length = 0;
  for await (const chunk of child.stdout) length += (chunk as Buffer).length;
  expect(length).toBe(64 * MIB);
  expect(await exited).toEqual([0, null]);
  expect(peakMemoryKib(shim)).toBeLessThan(160 * 1024);
});

test('a reader that leaves ends the writer in the container by SIGPIPE', async () => {
  const { stdout } = await bench.shell(`${exec} yes | head -n 2; echo "\${PIPESTATUS[0]}"`);
  expect(stdout).toBe('y\ny\n141\n');
  expect((await bench.hako(['exec', 'host', 'pidof', 'yes'])).exitCode).toBe(1);
});

test('the end of stdin comes at any moment, and a closed stdin is an empty one', async () => {
  const script = `
    printf '' | ${exec} wc -c
    ${exec} wc -c < /dev/null
    ${exec} wc -c <&-
    { printf abc; sleep 1; } | ${exec} wc -c
    printf abc | ${exec} sh -c 'sleep 1; wc -c'
    printf abc | ${exec} true; echo "status $?"`;
  expect((await bench.shell(script)).stdout).toBe('0\n0\n0\n3\n3\nstatus 0\n');
});

test('what a process closes is closed for its caller, while it runs on', async () => {
  const gate = 'until test -e /dev/go; do sleep 0.1; done';
  const script = `
    { ( yes; echo $? > writer ) | ${exec} sh -c 'exec <&-; ${gate}; exit 4'; echo "\${PIPESTATUS[1]}" > first; } &
    { ${exec} sh -c 'echo last; exec >&-; ${gate}; exit 5' | { cat > read; touch ended; }
      echo "\${PIPESTATUS[0]}" > second; } &
    wait`;
  const running = bench.shell(script);
  const path = (name: string): string => join(bench.folder, name);
  await until(() => existsSync(path('ended')), 'the reader has seen the end');
  await until(() => existsSync(path('writer')), 'the writer has got SIGPIPE');
  expect(readFileSync(path('read'), 'utf8')).toBe('last\n');
  expect(readFileSync(path('writer'), 'utf8')).toBe('141\n');
  expect(existsSync(path('second'))).toBe(false);
  await bench.hako(['exec', 'host', 'touch', '/dev/go']);
  await running;
  expect(readFileSync(path('first'), 'utf8')).toBe('4\n');
  expect(readFileSync(path('second'), 'utf8')).toBe('5\n');
});

test('stray descriptors reach neither the container nor what stays on the host', async () => {
  const leak = join(bench.folder, 'leak');
  const fd = openSync(leak, 'w');
  const bundle = bench.bundle(['sleep', '100000']);
  try {
    const stdio = ['ignore', 'ignore', 'ignore', fd, 'ignore', 'ignore', 'ignore', fd] as const;
    for (const args of [
      ['create', '--bundle', bundle, 'leaky'],
      ['exec', '--detach', 'host', 'sleep', '100'],
    ]) {
      const child = spawn(hakoPath, ['--root', bench.stateRoot, ...args], { stdio: [...stdio] });
      expect(await once(child, 'exit')).toEqual([0, null]);
    }
    expect(holders(leak)).toEqual([process.pid]);
  } finally {
    closeSync(fd);
  }
  const { stdout } = await bench.shell(`exec 7> leak; ${exec} sh -c 'ls /proc/$$/fd; true' < /dev/null`);
  expect(stdout).toBe('0\n1\n2\n');
});

test('a stand-in that is killed takes its process along', async () => {
  const pidFile = join(bench.folder, 'victim.pid');
  await bench.detached(['exec', '--detach', '--pid-file', pidFile, 'host', 'sleep', '777']);
  const running = async () =>
    (await bench.hako(['exec', 'host', 'ps', '-o', 'args'])).stdout.includes('sleep 777');
  expect(await running()).toBe(true);
  process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGKILL');
  await until(async () => !(await running()), 'the process has ended');
});

/** Waits until the number stays the same for a while: nothing tells of a stop. */
async function settled(look: () => number): Promise<void> {
  let last = -1;
  await until(async () => {
    const before = last;
    last = look();
    if (before !== last) await delay(500);
    return before === last;
  }, 'it stands still');
}

/** Bytes that a process has read so far. */
function readBytes(pid: number): number {
  return Number(/^rchar: (\d+)$/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1]);
}

function peakMemoryKib(pid: number): number {
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}

/** Processes that have a file open. */
function holders(path: string): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .filter((pid) => {
      try {
        return readdirSync(`/proc/${pid}/fd`).some((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`) === path);
      } catch {
        return false;
      }
    })
    .map(Number);
}
