import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeBundle } from '@hako/bundles';
import * as z from 'zod';
import { type Figure, madeOf, medianGoal, ratioGoal } from '../figure.ts';
import { timeProgram } from '../processes.ts';
import { CrunLoop } from './crun-loop.ts';
import { Floor } from './floor.ts';

const timingsSchema = z.object({ phases: z.array(z.object({ name: z.string(), ms: z.number() })) });

/** A container that does nothing, from nothing to its end: hako, the floor below it, and a runtime without a VM. */
export const coldStart: Figure = {
  name: 'start',
  title: 'Cold run of /bin/true',
  method:
    'From the start of the command to its end. The floor is the same QEMU, kernel and machine with an init that writes one byte to the virtio-serial port, until that byte arrives. crun runs the same bundle without a machine.',
  async prepare({ workspace, folder, tag, rootfs }) {
    const hako = join(workspace, 'dist/bin/hako');
    const bundle = writeBundle(join(folder, 'true-bundle'), { rootfs, args: ['/bin/true'] });
    const timings = join(folder, 'timings.json');
    const initrd = join(workspace, 'dist/guest/probe-initrd.img');
    const floor = await Floor.prepare({ hako, initrd, bundle, folder, tag });
    const crun = new CrunLoop(bundle, join(folder, 'crun'), tag);
    let count = 0;
    const runHako = async () => {
      count += 1;
      const id = `${tag}-run-${count}`;
      const args = ['--root', join(folder, 'start'), 'run', '--bundle', bundle, '--timings', timings, id];
      const total = await timeProgram(hako, args);
      const { phases } = timingsSchema.parse(JSON.parse(readFileSync(timings, 'utf8')));
      return [
        { label: 'hako run', value: total, unit: 'ms' as const },
        ...phases.map(({ name, ms }) => ({ label: `  ${name}`, value: ms, unit: 'ms' as const })),
      ];
    };
    return {
      variants: [
        {
          name: 'floor',
          sample: async () => [{ label: 'floor', value: await floor.time(), unit: 'ms' }],
        },
        { name: 'hako run', sample: runHako },
        {
          name: 'crun run',
          sample: async () => [{ label: 'crun run', value: await crun.run(), unit: 'ms' }],
        },
      ],
      goals: [madeOf('  ', ratioGoal('hako run', 'floor', 1.35, 3.6)), medianGoal('  translate', 'ms', 3)],
      dispose: async () => {
        await Promise.all([crun.close(), floor.close()]);
      },
    };
  },
};
