import { join } from 'node:path';
import { writeBundle } from '@hako/bundles';
import { type Figure, medianGoal, type Reading } from '../figure.ts';
import { descendantsOf, findProcesses, proportionalMemoryMib } from '../processes.ts';
import { becomeQuiet } from '../quiet.ts';
import { type Share, shares, Templates } from './templates.ts';

/** So many sandboxes run when the memory of one is measured. */
const running = 16;

const label = (share: Share): string => `cloned, ${share}, ${running} running`;

/** What a sandbox costs that started as a copy of a template, among others of the same. */
export const cloneDensity: Figure = {
  name: 'clone-density',
  title: `Host memory of a sandbox from a template, with ${running} of them`,
  method:
    'Containers that sleep are started from a template one after the other, for each kind of share; the proportional set size of all their host processes (QEMU, virtiofsd, shim, stand-in) some seconds after, divided by their number.',
  once: true,
  async prepare(context) {
    const { folder, tag, rootfs } = context;
    const bundle = writeBundle(join(folder, 'bundle'), { rootfs, args: ['sleep', '100000'] });
    const templates = await Templates.make(context);
    const sample = async (share: Share): Promise<Reading[]> => {
      const ids = Array.from({ length: running }, (_, index) => `${tag}-${share}-${index}`);
      const started: string[] = [];
      try {
        for (const id of ids) {
          await templates.call(share, 'run', '--detach', '--bundle', bundle, id);
          started.push(id);
        }
        await becomeQuiet();
        const pids = new Set(
          findProcesses(`${tag}-${share}-`).flatMap(({ pid }) => [pid, ...descendantsOf(pid)]),
        );
        const totalMib = [...pids].reduce((sum, pid) => sum + proportionalMemoryMib(pid), 0);
        return [{ label: label(share), value: totalMib / running, unit: 'MiB' }];
      } finally {
        for (const id of started) await templates.call(share, 'delete', '--force', id);
      }
    };
    return {
      variants: shares.map((share) => ({ name: share, sample: () => sample(share) })),
      goals: [medianGoal(label('virtio-9p'), 'MiB', 35, 130)],
      dispose: () => templates.remove(),
    };
  },
};
