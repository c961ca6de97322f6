import { join } from 'node:path';
import { writeBundle } from '@hako/bundles';
import { connectTask, execProcessSpec } from '@hako/shim/client';
import { type Figure, medianGoal, type Reading, ratioGoal } from '../figure.ts';
import { timeProgram } from '../processes.ts';

const inGuest = 'crun exec by the agent';
const withProcess = 'the same, and the process';

/**
 * A process in a container that runs: `hako exec` from its start to its end, and what of such a call is the guest's crun. The
 * latter is the agent's answer to ExecProcess, which comes when crun has ended and its child is about to be /bin/true; beside
 * it the time until that has ended, as a `crun exec` that waits would have it. All by turns.
 */
export const exec: Figure = {
  name: 'exec',
  title: 'exec of /bin/true in a running container',
  method:
    "`hako exec ID /bin/true` from start to exit, and of such a call the part that is the guest's crun: the agent's answer to ExecProcess.",
  async prepare({ workspace, folder, tag, rootfs }) {
    const hako = join(workspace, 'dist/bin/hako');
    const stateRoot = join(folder, 'exec');
    const bundle = writeBundle(join(folder, 'exec-bundle'), { rootfs, args: ['sleep', '100000'] });
    const id = `${tag}-exec`;
    const call = (...args: string[]) => timeProgram(hako, ['--root', stateRoot, ...args]);
    await call('run', '--detach', '--bundle', bundle, id);
    const { task, close } = await connectTask(join(stateRoot, id, 'shim.sock'));
    const spec = execProcessSpec({ user: { uid: 0, gid: 0 }, args: ['/bin/true'], cwd: '/' });
    let count = 0;
    const sampleGuest = async (): Promise<Reading[]> => {
      count += 1;
      const process = { id, execId: `bench-${count}` };
      await task.exec({ ...process, spec });
      const startMs = performance.now();
      await task.start(process);
      const startedMs = performance.now() - startMs;
      await task.wait(process);
      const endedMs = performance.now() - startMs;
      await task.delete(process);
      return [
        { label: inGuest, value: startedMs, unit: 'ms' },
        { label: withProcess, value: endedMs, unit: 'ms' },
      ];
    };
    return {
      variants: [
        {
          name: 'hako exec',
          sample: async () => [
            { label: 'hako exec', value: await call('exec', id, '/bin/true'), unit: 'ms' },
          ],
        },
        { name: inGuest, sample: sampleGuest },
      ],
      goals: [ratioGoal('hako exec', inGuest, 2), medianGoal('hako exec', 'ms', 150, 1130)],
      dispose: async () => {
        close();
        await call('delete', '--force', id);
      },
    };
  },
};
