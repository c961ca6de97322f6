import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeBundle } from '@hako/bundles';
import { type Figure, medianGoal, type Reading } from '../figure.ts';
import { findProcesses, proportionalMemoryMib, timeProgram } from '../processes.ts';
import { becomeQuiet } from '../quiet.ts';

/** After so many sandboxes the memory of all is looked at. */
const counts = [1, 2, 4, 8, 12, 16, 20];

const label = (count: number): string => `cold, ${count} running`;

/** Sandboxes that only wait, one after the other: what each costs when there are more of them. */
export const density: Figure = {
  name: 'density',
  title: 'Host memory of a sandbox, with 1 to 20 of them',
  method:
    'Containers that sleep are started one after the other; the proportional set size of all their host processes (QEMU, virtiofsd, shim, stand-in) some seconds after, divided by their number.',
  once: true,
  async prepare({ workspace, folder, tag, rootfs }) {
    const hako = join(workspace, 'dist/bin/hako');
    const stateRoot = join(folder, 'state');
    const bundle = writeBundle(join(folder, 'bundle'), { rootfs, args: ['sleep', '100000'] });
    const call = (...args: string[]) => timeProgram(hako, ['--root', stateRoot, ...args]);
    const running: { id: string; standIn: number }[] = [];
    const start = async (): Promise<void> => {
      const id = `${tag}-density-${running.length}`;
      const pidFile = join(folder, `${id}.pid`);
      await call('run', '--detach', '--pid-file', pidFile, '--bundle', bundle, id);
      running.push({ id, standIn: Number(readFileSync(pidFile, 'utf8')) });
    };
    const memoryMib = (): number => {
      const pids = new Set([
        ...findProcesses(`${tag}-density-`).map(({ pid }) => pid),
        ...running.map(({ standIn }) => standIn),
      ]);
      return [...pids].reduce((sum, pid) => sum + proportionalMemoryMib(pid), 0);
    };
    return {
      variants: [
        {
          name: 'cold sandboxes',
          sample: async () => {
            const readings: Reading[] = [];
            for (const count of counts) {
              while (running.length < count) await start();
              await becomeQuiet();
              readings.push({ label: label(count), value: memoryMib() / count, unit: 'MiB' });
            }
            return readings;
          },
        },
      ],
      goals: [medianGoal(label(16), 'MiB', 260, 551)],
      dispose: async () => {
        for (const { id } of running) await call('delete', '--force', id);
      },
    };
  },
};
