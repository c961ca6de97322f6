import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeBundle } from '@hako/bundles';
import { type HostSnapshot, takeSnapshot } from '@hako/test-run/host-snapshot';
import { waitForNoLeaks } from '@hako/test-run/leaks';
import * as z from 'zod';
import { type Figure, medianGoal, type Reading, ratioGoal } from '../figure.ts';
import { findProcesses, programs, timeProgram } from '../processes.ts';
import { becomeQuiet } from '../quiet.ts';
import { median } from '../statistics.ts';
import { growthGoals, growthReadings, usesNow } from './soak-growth.ts';
import { Templates } from './templates.ts';

/** Far more than a start takes on a host that is busy: it hangs. */
const HANGS_MS = 120_000;
/** Not counted: what the first ones fill is kept anyway. */
const WARM_EXECS = 20;
const timingsSchema = z.object({ phases: z.array(z.object({ name: z.string() })) });

const left = 'things left on the host';
const failed = (kind: string): string => `${kind} starts that failed`;
const failedExecs = (kind: string): string => `execs between ${kind} starts that failed`;
const part = (kind: string, which: 'first' | 'last'): string => `${kind} start, median of the ${which} fifth`;

/** Hundreds of starts, one after the other: whether each succeeds, and what of the host grows. */
export const soak: Figure = {
  name: 'soak',
  title: 'Starts in a row',
  method:
    'As many `hako run` of /bin/true as `--starts` says, one after the other: cold ones, then copies of a template. One that fails, hangs for two minutes, or boots where it should be a copy is a failure. What is on the host before and after is compared, once all is quiet: what a runtime leaves (processes, mounts, interfaces, namespaces, cgroups, state, files), the size of folders of hako, open files and memory. One container lives all the while, and gets an `hako exec` of /bin/true after each start: what its shim and its QEMU take is compared too. The figures of the host are of all that runs on it: measure on one that has nothing else to do.',
  once: true,
  onlyNamed: true,
  async prepare(context) {
    const { workspace, folder, tag, rootfs, starts } = context;
    const hako = join(workspace, 'dist/bin/hako');
    const bundle = writeBundle(join(folder, 'bundle'), { rootfs, args: ['/bin/true'] });
    const timings = join(folder, 'timings.json');
    const stateRoot = join(folder, 'state');
    const templates = await Templates.make(context);
    const witness = `${tag}-witness`;
    const call = (...args: string[]) =>
      timeProgram(hako, ['--root', stateRoot, ...args], { timeoutMs: HANGS_MS });
    const sleeper = writeBundle(join(folder, 'witness'), { rootfs, args: ['sleep', '100000'] });
    await call('run', '--detach', '--bundle', sleeper, witness);
    const processOf = (word: string): number => {
      const found = findProcesses(witness).find(({ args }) => args.some((arg) => arg.includes(word)));
      if (found === undefined) throw new Error(`${witness} has no process with ${word} among its arguments`);
      return found.pid;
    };
    const lasting = { shimPid: processOf('--root'), vmmPid: processOf('guest=') };
    const exec = () => call('exec', witness, '/bin/true');
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
      for (let index = 0; index < WARM_EXECS; index += 1) await exec();
      await becomeQuiet();
      const uses = (things: HostSnapshot) =>
        usesNow({ ...lasting, things, templates: templates.path, runtimeFolder: '/run/hako' });
      const before = look();
      const usesBefore = uses(before);
      const readings: Reading[] = [];
      for (const [kind, { count: wanted, start }] of Object.entries(kinds)) {
        const times: number[] = [];
        let execs = 0;
        for (let index = 0; index < wanted; index += 1) {
          const tell = (error: unknown): void => {
            programs.throwIfEnded();
            process.stderr.write(`${kind} start ${index + 1}: ${String(error)}\n`);
          };
          await start().then((ms) => times.push(ms), tell);
          await exec().then(() => (execs += 1), tell);
        }
        readings.push({ label: `${kind} starts`, value: wanted, unit: 'count' });
        readings.push({ label: failed(kind), value: wanted - times.length, unit: 'count' });
        readings.push({ label: failedExecs(kind), value: wanted - execs, unit: 'count' });
        const fifth = Math.ceil(times.length / 5);
        if (fifth === 0) continue;
        readings.push({ label: part(kind, 'first'), value: median(times.slice(0, fifth)), unit: 'ms' });
        readings.push({ label: part(kind, 'last'), value: median(times.slice(-fifth)), unit: 'ms' });
      }
      const leaks = [...(await waitForNoLeaks(before, look))].flatMap(([what, all]) =>
        all.map((one) => `${what}: ${one}`),
      );
      for (const leak of leaks) process.stderr.write(`left on the host: ${leak}\n`);
      await becomeQuiet();
      return [
        ...readings,
        { label: left, value: leaks.length, unit: 'count' },
        ...growthReadings(usesBefore, uses(look())),
      ];
    };
    return {
      variants: [{ name: 'starts', sample }],
      goals: [
        ...Object.keys(kinds).flatMap((kind) => [
          medianGoal(failed(kind), 'count', 0),
          medianGoal(failedExecs(kind), 'count', 0),
          ratioGoal(part(kind, 'last'), part(kind, 'first'), 1.25),
        ]),
        medianGoal(left, 'count', 0),
        ...growthGoals,
      ],
      dispose: async () => {
        await call('delete', '--force', witness);
        await templates.remove();
      },
    };
  },
};
