import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeBundle } from '@hako/bundles';
import { type Figure, medianGoal, type Reading } from '../figure.ts';
import { findProcesses, proportionalMemoryMib, timeProgram } from '../processes.ts';

const roleOf = (args: readonly string[]): string => {
  const program = args[0] ?? '';
  if (program.includes('qemu-system')) return 'QEMU';
  if (program.includes('virtiofsd')) return 'virtiofsd';
  return 'shim';
};

/** One sandbox that only waits: what `hako state` takes, and the memory of its host processes. */
export const idleSandbox: Figure = {
  name: 'idle',
  title: 'An idle sandbox: the start of hako state, and the memory (PSS) of its processes',
  async prepare({ workspace, folder, rootfs }) {
    const hako = join(workspace, 'dist/bin/hako');
    const stateRoot = join(folder, 'idle');
    const bundle = writeBundle(join(folder, 'idle-bundle'), { rootfs, args: ['sleep', '100000'] });
    const id = `bench-idle-${process.pid}`;
    const call = (...args: string[]) => timeProgram(hako, ['--root', stateRoot, ...args]);
    const pidFile = join(folder, 'idle.pid');
    await call('create', '--bundle', bundle, '--pid-file', pidFile, id);
    const standIn = Number(readFileSync(pidFile, 'utf8'));
    await call('start', id);

    const memory = (): Reading[] => {
      // The stand-in has the arguments of the container's process; it is the process that the pid file names.
      const processes = findProcesses(id).map(({ pid, args }) => ({ pid, role: roleOf(args) }));
      const byRole = Map.groupBy([...processes, { pid: standIn, role: 'stand-in' }], ({ role }) => role);
      const readings = [...byRole].map(([name, members]) => ({
        label: `memory of ${name}`,
        value: members.reduce((sum, { pid }) => sum + proportionalMemoryMib(pid), 0),
        unit: 'MiB' as const,
      }));
      const total = readings.reduce((sum, { value }) => sum + value, 0);
      return [...readings, { label: 'memory of all', value: total, unit: 'MiB' }];
    };

    return {
      variants: [
        {
          name: 'hako state',
          sample: async () => [{ label: 'hako state', value: await call('state', id), unit: 'ms' }],
        },
        { name: 'memory', sample: async () => memory() },
      ],
      goals: [medianGoal('hako state', 'ms', 20)],
      dispose: async () => {
        await call('delete', '--force', id);
      },
    };
  },
};
