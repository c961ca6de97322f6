import { join } from 'node:path';
import { writeBundle } from '@hako/bundles';
import { connectTask, execProcessSpec } from '@hako/shim/client';
import { type Figure, medianGoal, type Reading, ratioGoal } from '../figure.ts';
import { timeProgram } from '../processes.ts';
import { consoleConfiguration, GuestShell } from './guest-shell.ts';

const inGuest = 'crun exec in the guest';
const byAgent = 'of a call: until crun has ended';
const withProcess = 'of a call: until the process has ended too';

/** Execs that one line of the guest's shell runs: the way of the line there and back counts once. */
const EXECS = 4;
const RANDOMIZE = '/proc/sys/kernel/randomize_va_space';

/**
 * A process in a container that runs: `hako exec` from its start to its end, beside `crun exec` of the same from its start to its
 * end, run in the machine itself with the guest's crun. The agent starts crun at fixed addresses, which is faster; so does the
 * shell. Below it what of a call of the agent's is crun, and what crun and the process. All by turns.
 */
export const exec: Figure = {
  name: 'exec',
  title: 'exec of /bin/true in a running container',
  method:
    "`hako exec ID /bin/true` from start to exit, beside `crun exec ID /bin/true` in the machine itself: four, one after the other, by a shell on the debug console, with addresses not randomized as the agent has it, from the line's sending to its answer, divided by four. Of a call: from ExecProcess to the agent's answer, which comes when `crun exec --detach` has ended, and to the end of the process.",
  async prepare({ workspace, folder, tag, rootfs }) {
    const hako = join(workspace, 'dist/bin/hako');
    const stateRoot = join(folder, 'exec');
    const bundle = writeBundle(join(folder, 'exec-bundle'), { rootfs, args: ['sleep', '100000'] });
    const config = consoleConfiguration(workspace, folder);
    const id = `${tag}-exec`;
    const call = (...args: string[]) => timeProgram(hako, ['--root', stateRoot, ...args]);
    await call('--config', config, 'run', '--detach', '--bundle', bundle, id);
    const { task, close } = await connectTask(join(stateRoot, id, 'shim.sock'));
    const shell = await GuestShell.open(join(stateRoot, id, 'vm'));
    const spec = execProcessSpec({ user: { uid: 0, gid: 0 }, args: ['/bin/true'], cwd: '/' });
    let count = 0;
    const sampleCall = async (): Promise<Reading[]> => {
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
        { label: byAgent, value: startedMs, unit: 'ms' },
        { label: withProcess, value: endedMs, unit: 'ms' },
      ];
    };
    const execs = Array.from({ length: EXECS }, () => `crun exec ${id} /bin/true`).join(' && ');
    const sampleGuest = async (): Promise<Reading[]> => {
      await shell.run(`echo 0 >${RANDOMIZE}`);
      const startMs = performance.now();
      await shell.run(execs);
      const value = (performance.now() - startMs) / EXECS;
      await shell.run(`echo 2 >${RANDOMIZE}`);
      return [{ label: inGuest, value, unit: 'ms' }];
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
        { name: 'a call', sample: sampleCall },
      ],
      goals: [ratioGoal('hako exec', inGuest, 2), medianGoal('hako exec', 'ms', 150, 1130)],
      dispose: async () => {
        close();
        shell.close();
        await call('delete', '--force', id);
      },
    };
  },
};
