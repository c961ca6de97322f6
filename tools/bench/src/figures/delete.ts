import { join } from 'node:path';
import { writeBundle } from '@hako/bundles';
import { type Figure, medianGoal } from '../figure.ts';
import { timeProgram } from '../processes.ts';

/** A container that runs, taken away by force with its machine. */
export const deletion: Figure = {
  name: 'delete',
  title: 'delete --force of a running container',
  method: '`hako delete --force ID` from start to exit, of a container whose process sleeps.',
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
      ],
      goals: [medianGoal('delete --force', 'ms', 100, 10_300)],
      dispose: async () => {},
    };
  },
};
