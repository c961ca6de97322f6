import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeBundle } from '@hako/bundles';
import * as z from 'zod';
import { type Figure, madeOf, medianGoal, type Reading, ratioGoal } from '../figure.ts';
import { findProcesses } from '../processes.ts';
import { BareClone } from './bare-clone.ts';
import { type Share, shares, Templates } from './templates.ts';

const timingsSchema = z.object({ phases: z.array(z.object({ name: z.string(), ms: z.number() })) });

/** Sandboxes that start as copies of a template, with each kind of share, over what QEMU alone needs for a copy. */
export const clones: Figure = {
  name: 'clones',
  title: 'From a template: run of /bin/true, and create',
  method:
    '`hako run` and `hako create` from start to exit, with the template there already, for each kind of share. The bare clone is the same QEMU with nobody around it, from its start until the agent in the guest has answered one call.',
  async prepare(context) {
    const { folder, tag, rootfs } = context;
    const bundle = writeBundle(join(folder, 'bundle'), { rootfs, args: ['/bin/true'] });
    const timings = join(folder, 'timings.json');
    const templates = await Templates.make(context);
    let count = 0;
    const newId = (): string => `${tag}-clone-${++count}`;
    const bare = await bareClone(templates, bundle, newId(), folder);

    const sampleRun = async (share: Share): Promise<Reading[]> => {
      const value = await templates.call(share, 'run', '--bundle', bundle, '--timings', timings, newId());
      const { phases } = timingsSchema.parse(JSON.parse(readFileSync(timings, 'utf8')));
      if (!phases.some(({ name }) => name === 'copy of a template'))
        throw new Error('the machine has booted');
      return [
        { label: `cloned run, ${share}`, value, unit: 'ms' },
        ...phases.map(({ name, ms }) => ({ label: `  ${share}: ${name}`, value: ms, unit: 'ms' as const })),
      ];
    };
    const sampleCreate = async (share: Share): Promise<Reading[]> => {
      const id = newId();
      const value = await templates.call(share, 'create', '--bundle', bundle, id);
      await templates.call(share, 'delete', '--force', id);
      return [{ label: `cloned create, ${share}`, value, unit: 'ms' }];
    };
    return {
      variants: [
        {
          name: 'bare clone',
          sample: async () => [{ label: 'bare clone', value: await bare.time(), unit: 'ms' }],
        },
        ...shares.flatMap((share) => [
          { name: `run, ${share}`, sample: () => sampleRun(share) },
          { name: `create, ${share}`, sample: () => sampleCreate(share) },
        ]),
      ],
      goals: [
        madeOf('  virtio-9p: ', ratioGoal('cloned run, virtio-9p', 'bare clone', 6, 48)),
        madeOf('  virtio-9p: ', medianGoal('cloned create, virtio-9p', 'ms', 200, 1900)),
      ],
      dispose: async () => {
        await bare.close();
        await templates.remove();
      },
    };
  },
};

/** Takes QEMU's arguments from a copy that `hako` makes of `bundle` and that is deleted at once. */
async function bareClone(
  templates: Templates,
  bundle: string,
  id: string,
  folder: string,
): Promise<BareClone> {
  await templates.call('virtio-9p', 'create', '--bundle', bundle, id);
  const [program = '', ...args] =
    findProcesses(id).find((found) => found.args[0]?.includes('qemu-system'))?.args ?? [];
  await templates.call('virtio-9p', 'delete', '--force', id);
  const memory = args.flatMap((word) => /,mem-path=([^,]*)/.exec(word)?.[1] ?? [])[0] ?? '';
  const stateFile = join(dirname(memory), 'state');
  if (!existsSync(stateFile)) throw new Error(`${id} was not started from a template`);
  // Its share is gone with it.
  const ownArgs = args.map((word) => word.replace(/^(local,.*path=)[^,]*/, `$1${folder}`));
  return BareClone.prepare([program, ...ownArgs], stateFile, folder);
}
