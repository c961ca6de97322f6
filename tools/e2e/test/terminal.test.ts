import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { acceptUnix, listenUnix, receiveDescriptor } from '@hako/posix';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isRunning } from '../src/is-running.ts';
import { hakoPath } from '../src/paths.ts';
import { newTerminal, TerminalScreen } from '../src/terminal-screen.ts';
import { until } from '../src/until.ts';
import { Workbench } from '../src/workbench.ts';

const withTerminal = {
  extra: {
    process: {
      terminal: true,
      user: { uid: 0, gid: 0 },
      args: ['sh'],
      env: ['PATH=/bin'],
      cwd: '/',
    },
  },
};

/** Tells the terminal's size whenever it changes. */
const tellSize = 'trap "stty size" WINCH; echo trap"ped"; while :; do sleep 0.1; done';

let bench: Workbench;
beforeAll(async () => {
  bench = new Workbench();
  await bench.create(['--bundle', bench.bundle(['sleep', '100000']), 'host']);
  await bench.hako(['start', 'host']);
});
afterAll(() => bench.close());

const nameOf = (pid: number | undefined): string => readFileSync(`/proc/${pid}/comm`, 'latin1').trim();

/** Runs hako on a terminal of its own, in whose foreground it is. */
function onTerminal(args: readonly string[]) {
  const { screen, slaveFd } = newTerminal({ rows: 33, columns: 99 });
  const modeOf = () =>
    execFileSync('stty', ['-a'], { stdio: [slaveFd, 'pipe', 'inherit'], encoding: 'utf8' });
  const before = modeOf();
  const child = spawn('setsid', ['--ctty', hakoPath, '--root', bench.stateRoot, ...args], {
    stdio: [slaveFd, slaveFd, slaveFd],
  });
  const exited = once(child, 'exit') as Promise<[number | null, string | null]>;
  const modeIsBack = (): boolean =>
    modeOf().replace(/rows.*?;.*?;/, '') === before.replace(/rows.*?;.*?;/, '');
  return {
    screen,
    child,
    modeIsBack,
    /** Its exit status; the terminal must have its mode back. */
    end: async (): Promise<number | null> => {
      const [status] = await exited;
      expect(modeIsBack()).toBe(true);
      closeSync(slaveFd);
      screen.close();
      return status;
    },
  };
}

/** A console socket as conmon offers one. */
function consoleSocket(name: string) {
  const path = join(bench.folder, name);
  const listener = listenUnix(path);
  return {
    path,
    /** The terminal that has been sent. */
    receive(): TerminalScreen {
      const connection = acceptUnix(listener);
      const { fd } = receiveDescriptor(connection);
      closeSync(connection);
      closeSync(listener);
      return new TerminalScreen(fd);
    },
    close: () => closeSync(listener),
  };
}

test('exec -it: the caller’s terminal, its size, job control, Ctrl-C, the end of input, and its mode back', async () => {
  const { screen, end } = onTerminal(['exec', '-it', 'host', 'sh', '-i']);
  await screen.see('/ # ');
  screen.type('tty; stty size\r');
  await screen.see('/dev/pts/');
  await screen.see('33 99\r\n');
  await screen.see('/ # ');
  // What says it is in front is the job itself, not the shell before it.
  const job = `sh -c 'echo in "front"; exec tail -f /dev/null'\r`;
  screen.type(job);
  await screen.see('in front\r\n');
  screen.type('\x03');
  await screen.see('/ # ');
  screen.type(job);
  await screen.see('in front\r\n');
  screen.type('\x1a');
  await screen.see('Stopped');
  await screen.see('/ # ');
  screen.type('kill -9 %1\r');
  await screen.see('/ # ');
  screen.type(`sh -c '${tellSize}'\r`);
  await screen.see('trapped\r\n');
  screen.resize({ rows: 40, columns: 120 });
  await screen.see('40 120\r\n');
  screen.type('\x03');
  await screen.see('/ # ');
  screen.type('(exit 7)\r');
  await screen.see('/ # ');
  screen.type('\x04');
  expect(await end()).toBe(7);
});

test.each([
  ['exec', '--tty'],
  ['exec', '-it', '--env', 'A=b', '--cap', 'net_admin'],
])('a signal to %s %s reaches the process, and the terminal gets its mode back', async (...call) => {
  const script = 'trap "exit 6" TERM; echo waiting; while :; do sleep 0.1; done';
  const { screen, child, end } = onTerminal([...call, 'host', 'sh', '-c', script]);
  await screen.see('waiting');
  child.kill('SIGTERM');
  expect(await end()).toBe(6);
});

test('exec -t that waits is a program of some KiB; killed, it takes its process along and the terminal gets its mode back', async () => {
  const { screen, child, end, modeIsBack } = onTerminal([
    'exec',
    '-t',
    'host',
    'sh',
    '-c',
    'echo wait"ing"; exec sleep 4711',
  ]);
  await screen.see('waiting');
  const memory = (): number =>
    Number(/^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${child.pid}/smaps_rollup`, 'utf8'))?.[1]);
  await until(() => memory() < 1024, 'it has become a stand-in');
  child.kill('SIGKILL');
  await until(modeIsBack, 'the shim has given the terminal its mode back');
  expect(await end()).toBeNull();
  const processes = async () => (await bench.hako(['exec', 'host', 'ps'])).stdout;
  await until(async () => !(await processes()).includes('4711'), 'its process has ended');
});

test('a terminal without a terminal: input and output may be pipes', async () => {
  const result = await bench.hako(['exec', '-t', 'host', 'sh', '-c', 'tty; wc -c'], { input: 'no line end' });
  expect(result).toMatchObject({ exitCode: 0, stderr: '' });
  expect(result.stdout).toMatch(/\/dev\/pts\/\d+\r\n.*11\r\n$/s);
});

test('exec --console-socket: the terminal is sent, resized by its holder, and hung up at the end', async () => {
  const socket = consoleSocket('exec.sock');
  const pidFile = join(bench.folder, 'exec.pid');
  const args = ['exec', '--detach', '--tty', '--console-socket', socket.path, '--pid-file', pidFile, 'host'];
  const result = await bench.detached([...args, 'sh', '-c', `tty; ${tellSize}`]);
  expect(result).toMatchObject({ exitCode: 0, stderr: '' });
  const screen = socket.receive();
  const pid = Number(readFileSync(pidFile, 'utf8'));
  await screen.see('/dev/pts/');
  await screen.see('trapped\r\n');
  screen.resize({ rows: 12, columns: 34 });
  await screen.see('12 34\r\n');
  expect(isRunning(pid)).toBe(true);
  screen.type('\x03');
  await screen.hungUp();
  await until(() => !isRunning(pid), 'the stand-in has ended');
  screen.close();
});

test('exec --console: a terminal that is there already', async () => {
  const { screen, slaveFd } = newTerminal({ rows: 20, columns: 30 });
  const path = readlinkSync(`/proc/self/fd/${slaveFd}`);
  const script = 'tty; stty size; read line; echo got $line';
  const args = ['exec', '--detach', '--tty', '--console', path, 'host', 'sh', '-c', script];
  expect(await bench.detached(args)).toMatchObject({ exitCode: 0, stderr: '' });
  await screen.see('/dev/pts/');
  await screen.see('20 30\r\n');
  screen.type('words\r');
  await screen.see('got words\r\n');
  closeSync(slaveFd);
  screen.close();
});

test('create --console-socket, and a caller who goes away', async () => {
  const socket = consoleSocket('create.sock');
  const pidFile = join(bench.folder, 'create.pid');
  const bundle = bench.bundle([], withTerminal);
  const args = ['--bundle', bundle, '--pid-file', pidFile, '--console-socket', socket.path, 'shell'];
  expect(await bench.create(args)).toMatchObject({ exitCode: 0 });
  const screen = socket.receive();
  screen.resize({ rows: 21, columns: 43 });
  expect(await bench.hako(['start', 'shell'])).toMatchObject({ exitCode: 0 });
  await screen.see('/ # ');
  screen.type('stty size; ls -l /dev/console | head -c1\r');
  await screen.see('21 43\r\nc');
  const pid = Number(readFileSync(pidFile, 'utf8'));
  screen.close();
  await until(() => !isRunning(pid), 'the shell has ended with its terminal');
  expect(await bench.hako(['delete', 'shell'])).toMatchObject({ exitCode: 0, stderr: '' });
});

test('run -it', async () => {
  // Typed words and the size go different ways.
  const resized = 'until stty size | grep "50 60"; do sleep 0.1; done';
  const script = `tty; stty size; read -r line; echo "got $line"; ${resized}; exit 3`;
  const bundle = bench.bundle(['sh', '-c', script]);
  const { screen, child, end } = onTerminal(['run', '-it', '--bundle', bundle, 'run']);
  await screen.see('/dev/pts/');
  await screen.see('33 99\r\n');
  // A run that lasts waits as a stand-in; the container is deleted all the same.
  await until(() => nameOf(child.pid) === 'hako-stand-in', 'it has become a stand-in');
  screen.resize({ rows: 50, columns: 60 });
  screen.type('words\r');
  await screen.see('got words\r\n');
  await screen.see('50 60\r\n');
  expect(await end()).toBe(3);
  expect(bench.leftovers()).not.toContainEqual(expect.stringContaining('run'));
});

test('console sockets that are none, and terminals without one, are refused before anything is made', async () => {
  const file = join(bench.folder, 'no-socket');
  writeFileSync(file, '');
  const missing = join(bench.folder, 'missing.sock');
  const unused = consoleSocket('unused.sock');
  const tty = bench.bundle([], withTerminal);
  const plain = bench.bundle(['true']);
  const pidFile = join(bench.folder, 'refused.pid');
  const before = bench.leftovers();
  for (const [bundle, options, message] of [
    [
      tty,
      ['--console-socket', missing],
      `cannot connect to console socket ${missing}: no such file or directory`,
    ],
    [tty, ['--console-socket', file], `cannot connect to console socket ${file}: nobody listens there`],
    [tty, [], 'use --console-socket'],
    [plain, ['--console-socket', unused.path], '--console-socket is for a process with a terminal'],
    [plain, ['--console', '/dev/null'], '--console is for a process with a terminal'],
    [tty, ['--console', missing], `cannot open console ${missing}: no such file or directory`],
    [tty, ['--console', file], `cannot use console ${file}: it is no terminal`],
    [tty, ['--console', file, '--console-socket', unused.path], 'exclude each other'],
  ] as const) {
    const result = await bench.create(['--bundle', bundle, '--pid-file', pidFile, ...options, 'refused']);
    expect(result).toMatchObject({ exitCode: 1, stderr: expect.stringContaining(message) });
    const tryExec = ['exec', '--detach', '--pid-file', pidFile, ...(bundle === tty ? ['--tty'] : [])];
    expect(await bench.detached([...tryExec, ...options, 'host', 'true'])).toMatchObject({
      exitCode: 255,
      stderr: expect.stringContaining(message),
    });
  }
  unused.close();
  expect(existsSync(pidFile)).toBe(false);
  expect(bench.leftovers()).toEqual(before);
});
