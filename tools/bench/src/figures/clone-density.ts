import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeBundle } from '@hako/bundles';
import { type Figure, madeOf, medianGoal, type Reading } from '../figure.ts';
import { memoryParts } from '../memory-parts.ts';
import { descendantsOf, findProcesses, proportionalMemoryMib } from '../processes.ts';
import { becomeQuiet } from '../quiet.ts';
import { type Share, shares, Templates } from './templates.ts';

/** After so many sandboxes the memory of all is looked at. */
const counts = [1, 2, 4, 8, 12, 16, 20];

/** With so many of them its parts are told. */
const PARTS_AT = 16;

const label = (share: Share, count: number): string => `cloned, ${share}, ${count} running`;

/** What a sandbox costs that started as a copy of a template, among others of the same. */
export const cloneDensity: Figure = {
  name: 'clone-density',
  title: 'Host memory of a sandbox from a template, with 1 to 20 of them',
  method:
    'Containers that sleep are started from a template one after the other, for each kind of share; the proportional set size of all their host processes (QEMU, virtiofsd, shim, stand-in) some seconds after, divided by their number. Of 16 also what it is for: QEMU’s by its mappings, where memory that is both written and executed holds translations.',
  once: true,
  async prepare(context) {
    const { folder, tag, rootfs } = context;
    const bundle = writeBundle(join(folder, 'bundle'), { rootfs, args: ['sleep', '100000'] });
    const templates = await Templates.make(context);
    const sample = async (share: Share): Promise<Reading[]> => {
      const readings: Reading[] = [];
      const started: string[] = [];
      try {
        for (const count of counts) {
          while (started.length < count) {
            const id = `${tag}-${share}-${started.length}`;
            await templates.call(share, 'run', '--detach', '--bundle', bundle, id);
            started.push(id);
          }
          await becomeQuiet();
          const pids = new Set(
            findProcesses(`${tag}-${share}-`).flatMap(({ pid }) => [pid, ...descendantsOf(pid)]),
          );
          const totalMib = [...pids].reduce((sum, pid) => sum + proportionalMemoryMib(pid), 0);
          readings.push({ label: label(share, count), value: totalMib / count, unit: 'MiB' });
          if (count === PARTS_AT) readings.push(...partsOf(share, pids, count));
        }
        return readings;
      } finally {
        for (const id of started) await templates.call(share, 'delete', '--force', id);
      }
    };
    return {
      variants: shares.map((share) => ({ name: share, sample: () => sample(share) })),
      goals: [madeOf('  virtio-9p: ', medianGoal(label('virtio-9p', PARTS_AT), 'MiB', 35, 130))],
      dispose: () => templates.remove(),
    };
  },
};

/** What the memory of so many sandboxes is for, of each. */
function partsOf(share: Share, pids: Iterable<number>, count: number): Reading[] {
  const partsMib = new Map<string, number>();
  const add = (part: string, mib: number) => partsMib.set(part, (partsMib.get(part) ?? 0) + mib / count);
  for (const pid of pids) {
    const program = readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
    if (!program.startsWith('qemu-system')) add(program, proportionalMemoryMib(pid));
    else {
      for (const [part, mib] of memoryParts(readFileSync(`/proc/${pid}/smaps`, 'utf8'))) add(part, mib);
    }
  }
  return [...partsMib].map(([part, value]) => ({ label: `  ${share}: ${part}`, value, unit: 'MiB' }));
}
