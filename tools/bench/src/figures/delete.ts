import { join } from 'node:path';
import { writeBundle } from '@hako/bundles';
import { connectTask } from '@hako/shim/client';
import { type Figure, madeOf, medianGoal, type Reading } from '../figure.ts';
import { timeProgram } from '../processes.ts';

/** A container that runs, taken away by force with its machine. */
export const deletion: Figure = {
  name: 'delete',
  title: 'delete --force of a running container',
  method:
    '`hako delete --force ID` from start to exit, of a container whose process sleeps. The parts are the calls that it makes, made one after the other to the shim of another such container, and the start of a command that asks nobody (`hako delete --force` of a container that is not there).',
  async prepare({ workspace, folder, tag, rootfs }) {
    const hako = join(workspace, 'dist/bin/hako');
    const bundle = writeBundle(join(folder, 'bundle'), { rootfs, args: ['sleep', '100000'] });
    const call = (...args: string[]) => timeProgram(hako, ['--root', join(folder, 'state'), ...args]);
    let count = 0;
    return {
      variants: [
        {
          name: 'delete --force',
          sample: async () => {
            count += 1;
            const id = `${tag}-delete-${count}`;
            await call('run', '--detach', '--bundle', bundle, id);
            return [{ label: 'delete --force', value: await call('delete', '--force', id), unit: 'ms' }];
          },
        },
        {
          name: 'its parts',
          sample: async () => {
            count += 1;
            const id = `${tag}-delete-${count}`;
            await call('run', '--detach', '--bundle', bundle, id);
            const command = await call('delete', '--force', `${id}-none`);
            return [
              { label: '  the command itself', value: command, unit: 'ms' },
              ...(await endByCalls(join(folder, 'state', id, 'shim.sock'), id)),
            ];
          },
        },
      ],
      goals: [madeOf('  ', medianGoal('delete --force', 'ms', 100, 10_300))],
      dispose: async () => {},
    };
  },
};

/** What `hako delete --force` asks of a shim, and how long each answer takes. */
async function endByCalls(socket: string, id: string): Promise<Reading[]> {
  const shim = await connectTask(socket);
  const readings: Reading[] = [];
  const measure = async (what: string, call: () => Promise<unknown>): Promise<void> => {
    const startMs = performance.now();
    await call();
    readings.push({ label: `  ${what}`, value: performance.now() - startMs, unit: 'ms' });
  };
  try {
    const ended = shim.task.wait({ id });
    await measure('the guest takes the kill', () => shim.task.kill({ id, signal: 9, all: true }));
    await measure('the process has ended in the guest', () => ended);
    await measure('guest flushes, QEMU and virtiofsd end, mounts and cgroup go', () =>
      shim.task.delete({ id }),
    );
    await measure('the folder goes', () => shim.task.shutdown({ id, now: true }));
    return readings;
  } finally {
    shim.close();
  }
}
