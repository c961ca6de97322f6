import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeBundle } from '@hako/bundles';
import { type HostSnapshot, takeSnapshot } from '@hako/test-run/host-snapshot';
import { waitForNoLeaks } from '@hako/test-run/leaks';
import * as z from 'zod';
import { type Figure, medianGoal, type Reading, ratioGoal } from '../figure.ts';
import { programs, timeProgram } from '../processes.ts';
import { becomeQuiet } from '../quiet.ts';
import { median } from '../statistics.ts';
import { Templates } from './templates.ts';

/** Far more than a start takes on a host that is busy: it hangs. */
const HANGS_MS = 120_000;
const timingsSchema = z.object({ phases: z.array(z.object({ name: z.string() })) });

const left = 'things left on the host';
const failed = (kind: string): string => `${kind} starts that failed`;
const part = (kind: string, which: 'first' | 'last'): string => `${kind} start, median of the ${which} fifth`;

/** Hundreds of starts, one after the other: whether each succeeds, and what of the host grows. */
export const soak: Figure = {
  name: 'soak',
  title: 'Starts in a row',
  method:
    'As many `hako run` of /bin/true as `--starts` says, one after the other: cold ones, then copies of a template. One that fails, hangs for two minutes, or boots where it should be a copy is a failure. What is on the host before and after is compared, once all is quiet: what a runtime leaves (processes, mounts, interfaces, namespaces, cgroups, state, files), open files and the memory that is available. The figures of the host are of all that runs on it: measure on one that has nothing else to do.',
  once: true,
  onlyNamed: true,
  async prepare(context) {
    const { workspace, folder, tag, rootfs, starts } = context;
    const hako = join(workspace, 'dist/bin/hako');
    const bundle = writeBundle(join(folder, 'bundle'), { rootfs, args: ['/bin/true'] });
    const timings = join(folder, 'timings.json');
    const stateRoot = join(folder, 'state');
    const templates = await Templates.make(context);
    let count = 0;
    const run = (...globals: string[]): Promise<number> => {
      const id = `${tag}-soak-${++count}`;
      const argv = ['--root', stateRoot, ...globals, 'run', '--bundle', bundle, '--timings', timings, id];
      return timeProgram(hako, argv, { timeoutMs: HANGS_MS });
    };
    const kinds = {
      cold: { count: starts.cold, start: () => run() },
      cloned: {
        count: starts.cloned,
        start: async () => {
          const ms = await run('--config', templates.configuration('virtio-9p'));
          const { phases } = timingsSchema.parse(JSON.parse(readFileSync(timings, 'utf8')));
          if (!phases.some(({ name }) => name === 'copy of a template'))
            throw new Error('the machine has booted');
          return ms;
        },
      },
    };
    const look = (): HostSnapshot =>
      takeSnapshot({ runId: tag, workspace, stateFolders: [stateRoot], temporaryFolder: folder });

    const sample = async (): Promise<Reading[]> => {
      // What the first ones make and keep, such as caches, is not growth.
      for (const { start } of Object.values(kinds)) await start();
      await becomeQuiet();
      const before = { things: look(), host: hostUse() };
      const readings: Reading[] = [];
      for (const [kind, { count: wanted, start }] of Object.entries(kinds)) {
        const times: number[] = [];
        for (let index = 0; index < wanted; index += 1) {
          await start().then(
            (ms) => times.push(ms),
            (error: unknown) => {
              programs.throwIfEnded();
              process.stderr.write(`${kind} start ${index + 1}: ${String(error)}\n`);
            },
          );
        }
        readings.push({ label: failed(kind), value: wanted - times.length, unit: 'count' });
        const fifth = Math.ceil(times.length / 5);
        if (fifth === 0) continue;
        readings.push({ label: part(kind, 'first'), value: median(times.slice(0, fifth)), unit: 'ms' });
        readings.push({ label: part(kind, 'last'), value: median(times.slice(-fifth)), unit: 'ms' });
      }
      const leaks = [...(await waitForNoLeaks(before.things, look))].flatMap(([what, all]) =>
        all.map((one) => `${what}: ${one}`),
      );
      for (const leak of leaks) process.stderr.write(`left on the host: ${leak}\n`);
      await becomeQuiet();
      const after = hostUse();
      return [
        ...readings,
        { label: left, value: leaks.length, unit: 'count' },
        {
          label: 'open files, more than before',
          value: after.openFiles - before.host.openFiles,
          unit: 'count',
        },
        {
          label: 'memory, less available than before',
          value: before.host.memoryMib - after.memoryMib,
          unit: 'MiB',
        },
      ];
    };
    return {
      variants: [{ name: 'starts', sample }],
      goals: [
        ...Object.keys(kinds).flatMap((kind) => [
          medianGoal(failed(kind), 'count', 0),
          ratioGoal(part(kind, 'last'), part(kind, 'first'), 1.25),
        ]),
        medianGoal(left, 'count', 0),
        medianGoal('open files, more than before', 'count', 200),
        medianGoal('memory, less available than before', 'MiB', 200),
      ],
      dispose: () => templates.remove(),
    };
  },
};

function hostUse(): { readonly openFiles: number; readonly memoryMib: number } {
  const [openFiles = ''] = readFileSync('/proc/sys/fs/file-nr', 'utf8').split('\t');
  const availableKib = /^MemAvailable: +(\d+) kB$/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1];
  return { openFiles: Number(openFiles), memoryMib: Number(availableKib) / 1024 };
}
