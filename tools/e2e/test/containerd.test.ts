import { chmodSync, existsSync, mkdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLine } from '@hako/bundles/toml-line';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Containerd } from '../src/containerd.ts';
import { isRunning } from '../src/is-running.ts';
import { runProgram } from '../src/run-program.ts';
import { newTerminal } from '../src/terminal-screen.ts';
import { until } from '../src/until.ts';
import { Workbench } from '../src/workbench.ts';

let bench: Workbench;
let containerd: Containerd;

beforeAll(async () => {
  bench = new Workbench();
  containerd = new Containerd(join(bench.folder, 'containerd'));
  await containerd.start();
  await containerd.import(bench.rootfs);
});
afterAll(async () => {
  await containerd.close();
  await bench.close();
});

/** Runs a command in a container; its own status is ctr's. */
function exec(id: string, execId: string, command: readonly string[], options: readonly string[] = []) {
  return ['task', 'exec', ...options, '--exec-id', execId, id, ...command];
}

// One machine for all of these: under software emulation each takes its time to boot.
test('a task lives through everything that ctr does with it, and through a restart of containerd', async () => {
  const data = join(bench.folder, 'data');
  mkdirSync(data);
  writeFileSync(join(data, 'file'), 'of the host\n');
  const logFile = join(bench.folder, 'logs/main.log');
  const events = containerd.events();
  await containerd.runDetached(
    [
      ...['--log-uri', `file://${logFile}`, '--env', 'A=b'],
      ...['--annotation', 'io.katacontainers.config.hypervisor.default_vcpus=2'],
      ...['--memory-limit', '67108864', '--cpus', '0.5'],
      ...['--mount', `type=bind,src=${data},dst=/data,options=rbind:ro`],
      // ctr itself asks for none.
      ...['--mount', 'type=cgroup,src=cgroup,dst=/sys/fs/cgroup,options=ro'],
    ],
    ['main', 'sh', '-c', 'trap "exit 5" TERM; echo out; echo err >&2; while :; do sleep 0.1; done'],
  );
  await until(
    () => existsSync(logFile) && readFileSync(logFile, 'utf8') === 'out\nerr\n',
    'both outputs are logged',
  );

  const script =
    'nproc; echo $A; cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/cpu.max /data/file; touch /data/x; exit 3';
  const asked = await containerd.ctr(exec('main', 'asked', ['sh', '-c', script]));
  expect(asked).toMatchObject({ exitCode: 3, stdout: '2\nb\n67108864\n50000 100000\nof the host\n' });
  expect(asked.stderr).toContain('Read-only file system');

  const { screen, slaveFd } = newTerminal({ rows: 31, columns: 97 });
  try {
    let resized = (): void => {};
    const shell = containerd.ctr(exec('main', 'shell', ['sh'], ['--tty']), {
      terminalFd: slaveFd,
      // A shell would have made it the terminal's foreground group, to which the kernel tells it.
      onStart: (child) => {
        resized = () => child.kill('SIGWINCH');
      },
    });
    screen.type('stty size\n');
    await screen.see('31 97');
    screen.resize({ rows: 20, columns: 50 });
    resized();
    screen.type('until stty size | grep -q "^20 50"; do :; done; echo resized; exit 4\n');
    await screen.see('resized\r');
    expect((await shell).exitCode).toBe(4);
  } finally {
    screen.close();
  }

  const sleeper = containerd.ctr(exec('main', 'sleeper', ['sleep', '100000']));
  await until(
    () => events.topics('main').filter((topic) => topic === '/tasks/exec-started').length === 3,
    'it sleeps',
  );
  await containerd.output(['task', 'kill', '--signal', 'KILL', '--exec-id', 'sleeper', 'main']);
  expect((await sleeper).exitCode).toBe(137);

  expect(await containerd.output(['task', 'metrics', 'main'])).toMatch(
    /memory\.(usage_limit|limit_in_bytes) +67108864/,
  );
  const { main } = await containerd.tasks();
  expect(main?.status).toBe('RUNNING');
  expect(await containerd.output(['task', 'ps', 'main'])).toContain(String(main?.pid));
  expect(readlinkSync(`/proc/${main?.pid}/ns/net`)).not.toBe(readlinkSync('/proc/self/ns/net'));
  expect(readFileSync(`/proc/${main?.pid}/root/data/file`, 'utf8')).toBe('of the host\n');
  await containerd.output(['task', 'pause', 'main']);
  expect((await containerd.tasks()).main?.status).toBe('PAUSED');
  await containerd.output(['task', 'resume', 'main']);
  await until(() => events.topics('main').includes('/tasks/resumed'), 'the last event has come');
  events.close();
  expect(events.topics('main')).toEqual([
    ...['/tasks/create', '/tasks/start'],
    ...['/tasks/exec-added', '/tasks/exec-started', '/tasks/exit'],
    ...['/tasks/exec-added', '/tasks/exec-started', '/tasks/exit'],
    ...['/tasks/exec-added', '/tasks/exec-started', '/tasks/exit'],
    ...['/tasks/paused', '/tasks/resumed'],
  ]);

  await containerd.stop();
  await containerd.start();
  expect((await containerd.tasks()).main).toEqual({ pid: main?.pid, status: 'RUNNING' });
  const recovered = await containerd.ctr(exec('main', 'recovered', ['echo', 'still here']));
  expect(recovered).toMatchObject({ exitCode: 0, stdout: 'still here\n' });

  await containerd.stop();
  // The stand-in passes signals on, also with nobody at the other end of the API.
  process.kill(main?.pid ?? 0, 'SIGTERM');
  await until(() => !isRunning(main?.pid ?? 0), 'the task ends');
  await containerd.start();
  expect((await containerd.tasks()).main?.status).toBe('STOPPED');
  const killed = await containerd.ctr(['task', 'kill', 'main']);
  // ctr 1.6 has words of its own for it, ctr 2 the shim's.
  expect(killed.stderr).toMatch(/not found|container not running/);
  expect((await containerd.ctr(['task', 'delete', 'main'])).stderr).toContain('exit code 5');
  expect(containerd.states()).not.toContain('main');
  await containerd.output(['containers', 'delete', 'main']);
});

test('run with a terminal, on the native snapshotter, ends with the status of the process, in the order of events', async () => {
  const events = containerd.events();
  const { screen, slaveFd } = newTerminal({ rows: 30, columns: 90 });
  try {
    const running = containerd.run(['--rm', '--tty', '--snapshotter', 'native'], ['tty', 'sh'], {
      terminalFd: slaveFd,
    });
    screen.type('tty; stty size; exit 7\n');
    await screen.see('/dev/');
    await screen.see('30 90');
    expect((await running).exitCode).toBe(7);
  } finally {
    screen.close();
  }
  await until(() => events.topics('tty').includes('/tasks/delete'), 'the last event has come');
  events.close();
  expect(events.topics('tty')).toEqual(['/tasks/create', '/tasks/start', '/tasks/exit', '/tasks/delete']);
  expect(containerd.states()).not.toContain('tty');
});

test('output goes to a logger program, or nowhere; a configuration can be named', async () => {
  const logger = join(bench.folder, 'logger');
  const logged = join(bench.folder, 'logged');
  writeFileSync(
    logger,
    `#!/bin/sh
echo "$CONTAINER_NAMESPACE $CONTAINER_ID $*" > ${logged}.who
exec 5>&-
cat <&3 > ${logged}.out
cat <&4 > ${logged}.err
`,
  );
  chmodSync(logger, 0o755);
  const config = bench.configuration((text) => withLine(text, 'default_vcpus = 2'));
  const { exitCode } = await containerd.run(
    ['--rm', '--log-uri', `binary://${logger}?mode=quick&flag`, '--runtime-config-path', config],
    ['logged', 'sh', '-c', 'nproc; echo err >&2; exit 6'],
  );
  expect(exitCode).toBe(6);
  await until(
    () => existsSync(`${logged}.err`) && readFileSync(`${logged}.err`, 'utf8') === 'err\n',
    'it is logged',
  );
  expect(readFileSync(`${logged}.out`, 'utf8')).toBe('2\n');
  expect(readFileSync(`${logged}.who`, 'utf8')).toBe(`${containerd.namespace} logged mode quick flag\n`);
  const quiet = await containerd.run(['--rm', '--null-io'], ['quiet', 'echo', 'unheard']);
  expect(quiet).toMatchObject({ exitCode: 0, stdout: '' });
  expect(quiet.stderr).not.toContain('unheard');
});

test('what cannot be started says why, and leaves nothing', async () => {
  const missing = join(bench.folder, 'no.toml');
  const unconfigured = await containerd.run(['--rm', '--runtime-config-path', missing], ['bad', 'true']);
  expect(unconfigured.exitCode).toBe(1);
  expect(unconfigured.stderr).toContain(`cannot read the configuration ${missing}`);
  const key = 'io.katacontainers.config.hypervisor.default_vcpus=many';
  const annotated = await containerd.run(['--rm', '--annotation', key], ['bad', 'true']);
  expect(annotated.stderr).toContain('default_vcpus');
  const unlogged = await containerd.run(['--rm', '--log-uri', 'binary:///no/such/logger'], ['bad', 'true']);
  expect(unlogged.stderr).toContain('the logger /no/such/logger cannot be used');
  const unknown = await containerd.run(['--rm'], ['bad', 'nosuch']);
  expect(unknown.stderr).toMatch(/nosuch.*(?:not found|No such file)/);
  expect(containerd.states()).not.toContain('bad');
  expect(containerd.mountsOf('bad')).toEqual([]);
});

test('a client attaches to a task that nobody listened to; when the shim is killed, containerd has everything cleaned up', async () => {
  await containerd.runDetached([], ['lost', 'sh', '-c', 'while :; do echo tick; sleep 0.1; done']);
  let attached = '';
  await containerd.ctr(['task', 'attach', 'lost'], {
    onStart: (child) => {
      child.stdout?.on('data', (bytes: Buffer) => {
        attached += bytes.toString();
        if (attached.includes('tick')) child.kill('SIGKILL');
      });
    },
  });
  expect(attached).toContain('tick');
  const { lost } = await containerd.tasks();
  const before = containerd.processesOf('lost');
  expect(before.length).toBeGreaterThan(1);
  expect(containerd.cgroups()).not.toEqual([]);
  const shim = JSON.parse(readFileSync(join(containerd.stateRoot, 'lost/shim.json'), 'utf8')) as {
    pid: number;
  };
  process.kill(shim.pid, 'SIGKILL');
  await until(() => !containerd.states().includes('lost'), 'containerd has cleaned up');
  expect((await containerd.tasks()).lost).toBeUndefined();
  await until(() => !isRunning(lost?.pid ?? 0), 'the stand-in has ended');
  expect(before.filter(isRunning)).toEqual([]);
  expect(containerd.mountsOf('lost')).toEqual([]);
  const { stdout } = await runProgram('find', [...containerd.cgroups(), '-name', 'lost']);
  expect(stdout).toBe('');
  await containerd.output(['containers', 'delete', 'lost']);
});
