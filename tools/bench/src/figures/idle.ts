import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { writeBundle } from '@hako/bundles';
import { type Figure, medianGoal, type Reading } from '../figure.ts';
import { findProcesses, proportionalMemoryMib, timeProgram } from '../processes.ts';
import { becomeQuiet } from '../quiet.ts';

const taken = 'guest memory taken by agent and system';

type Role = 'QEMU' | 'virtiofsd' | 'shim' | 'exec';

const roleOf = (args: readonly string[]): Role => {
  const program = args[0] ?? '';
  if (program.includes('qemu-system')) return 'QEMU';
  if (program.includes('virtiofsd')) return 'virtiofsd';
  return args.includes('shim') ? 'shim' : 'exec';
};

/** One sandbox that only waits: what `hako state` takes, and the memory of its host processes. */
export const idleSandbox: Figure = {
  name: 'idle',
  title: 'An idle sandbox: the start of hako state, and the memory (PSS) of its processes',
  method:
    '`hako state` from start to exit. Memory is the proportional set size of each process (`/proc/PID/smaps_rollup`) of a container that sleeps, some seconds after its start, and what a further `hako exec` adds. Of the guest’s memory agent and system have taken what is not available any more (`/proc/meminfo` in the container, whose own process is as good as nothing).',
  async prepare({ workspace, folder, tag, rootfs }) {
    const hako = join(workspace, 'dist/bin/hako');
    const stateRoot = join(folder, 'idle');
    const bundle = writeBundle(join(folder, 'idle-bundle'), { rootfs, args: ['sleep', '100000'] });
    const id = `${tag}-idle`;
    const call = (...args: string[]) => timeProgram(hako, ['--root', stateRoot, ...args]);
    const pidFile = join(folder, 'idle.pid');
    await call('create', '--bundle', bundle, '--pid-file', pidFile, id);
    const standIn = Number(readFileSync(pidFile, 'utf8'));
    await call('start', id);

    /** By role; the stand-in has the arguments of the container's process, and is the process that the pid file names. */
    const memory = (): Map<Role | 'stand-in', number> => {
      const found = findProcesses(id).map(({ pid, args }) => ({ pid, role: roleOf(args) }));
      const byRole = Map.groupBy([...found, { pid: standIn, role: 'stand-in' as const }], ({ role }) => role);
      return new Map(
        [...byRole].map(([role, members]) => [
          role,
          members.reduce((sum, { pid }) => sum + proportionalMemoryMib(pid), 0),
        ]),
      );
    };
    const ofHako = (now: ReturnType<typeof memory>): number =>
      [...now].reduce((sum, [role, mib]) => sum + (role === 'QEMU' || role === 'virtiofsd' ? 0 : mib), 0);

    /** Of the sandbox alone, and then what a process that is executed in it adds. */
    const sampleMemory = async (): Promise<Reading[]> => {
      await becomeQuiet();
      const alone = memory();
      const exec = await startExec(hako, ['--root', stateRoot, 'exec', id]);
      await becomeQuiet();
      const added = ofHako(memory()) - ofHako(alone);
      await endExec(exec);
      const readings = [...alone].map(([role, mib]) => ({ label: `memory of ${role}`, mib }));
      readings.push(
        { label: 'memory of all', mib: readings.reduce((sum, { mib }) => sum + mib, 0) },
        { label: "memory of hako's own", mib: ofHako(alone) },
        { label: 'memory of an exec', mib: added },
      );
      return readings.map(({ label, mib }) => ({ label, value: mib, unit: 'MiB' }));
    };

    return {
      variants: [
        {
          name: 'hako state',
          sample: async () => [{ label: 'hako state', value: await call('state', id), unit: 'ms' }],
        },
        { name: 'memory', sample: sampleMemory },
        {
          name: 'memory in the guest',
          sample: async () => [
            { label: taken, value: await guestMemoryTaken(hako, stateRoot, id), unit: 'MiB' },
          ],
        },
      ],
      goals: [
        medianGoal('hako state', 'ms', 10, 25),
        medianGoal("memory of hako's own", 'MiB', 25),
        medianGoal('memory of an exec', 'MiB', 10),
        medianGoal(taken, 'MiB', 45),
      ],
      dispose: async () => {
        await call('delete', '--force', id);
      },
    };
  },
};

async function guestMemoryTaken(hako: string, stateRoot: string, id: string): Promise<number> {
  const argv = ['--root', stateRoot, 'exec', id, 'cat', '/proc/meminfo'];
  const { stdout } = await promisify(execFile)(hako, argv);
  const kib = (row: string): number => Number(new RegExp(`^${row}: +(\\d+) kB$`, 'm').exec(stdout)?.[1]);
  return (kib('MemTotal') - kib('MemAvailable')) / 1024;
}

/** A process in the container, in the foreground, that runs. */
async function startExec(hako: string, call: readonly string[]): Promise<ChildProcess> {
  const exec = spawn(hako, [...call, 'sh', '-c', 'echo; exec cat'], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(exec.stdout, 'data');
  return exec;
}

async function endExec(exec: ChildProcess): Promise<void> {
  const ended = once(exec, 'exit');
  exec.stdin?.end();
  await ended;
}
