import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeBundle } from '@hako/bundles';
import { withLine } from '@hako/bundles/toml-line';
import type { Figure, Reading } from '../figure.ts';
import { findProcesses, timeProgram } from '../processes.ts';
import { TranslationCounter, type Work } from './count-translations.ts';
import { shippedQemu } from './qemu-with.ts';

const kinds = ['booted', 'copied'] as const;
type Kind = (typeof kinds)[number];

/**
 * What stands in the way of a start on an emulated machine: each piece of code that the guest runs for the first time has to be
 * translated, and a template holds no translations.
 */
export const translatedBlocks: Figure = {
  name: 'blocks',
  title: 'What an emulated machine does until a container is created',
  method:
    'Blocks of the guest’s code that QEMU has translated, their memory (`x-query-jit`), and its processor time, after `hako create` with 9p, for a machine that boots and for a copy of a template; then once more for a second container of the same pod, which runs what the first one ran. QEMU translates a block when it runs for the first time, and a template holds no translations: what a copy needs is the kernel’s and crun’s code for a new container, each piece once. Only under emulation.',
  async prepare({ workspace, folder, tag, rootfs }) {
    const hako = join(workspace, 'dist/bin/hako');
    const shipped = readFileSync(join(workspace, 'dist/etc/hako/configuration.toml'), 'utf8');
    const counter = new TranslationCounter(shippedQemu(workspace), folder);
    const lines = [`path = "${counter.program}"`, 'accelerator = "tcg"', 'shared_fs = "virtio-9p"'];
    const booted = lines.reduce((all, line) => withLine(all, line), shipped);
    const templates = ['enable_template = true', `template_path = "${join(folder, 'templates')}"`];
    const texts = { booted, copied: templates.reduce((all, line) => withLine(all, line, 'factory'), booted) };
    const call = (kind: Kind, ...args: readonly string[]): Promise<number> =>
      timeProgram(hako, ['--config', configuration(kind), '--root', join(folder, 'state'), ...args]);
    const configuration = (kind: Kind): string => join(folder, `${kind}.toml`);
    for (const kind of kinds) writeFileSync(configuration(kind), texts[kind]);
    await call('copied', 'factory', 'init');

    const bundle = (pod: string, type: 'sandbox' | 'container'): string =>
      writeBundle(join(folder, `bundle-${pod}-${type}`), {
        rootfs,
        args: ['/bin/true'],
        annotations: {
          'io.kubernetes.cri.container-type': type,
          'io.kubernetes.cri.sandbox-id': pod,
        },
      });
    let count = 0;
    const sample = async (kind: Kind): Promise<Reading[]> => {
      const pod = `${tag}-blocks-${++count}`;
      const second = `${pod}-second`;
      const firstMs = await call(kind, 'create', '--bundle', bundle(pod, 'sandbox'), pod);
      const pid = findProcesses(`guest=sandbox-${pod}`)[0]?.pid ?? Number.NaN;
      const after = await counter.workOf(pid);
      const secondMs = await call(kind, 'create', '--bundle', bundle(pod, 'container'), second);
      const more = await counter.workOf(pid);
      await call(kind, 'delete', '--force', second);
      await call(kind, 'delete', '--force', pod);
      const of = (what: string, ms: number, { blocks, codeMib, cpuMs }: Work): Reading[] => [
        { label: `create, ${what}`, value: ms, unit: 'ms' },
        { label: `  QEMU's processor time, ${what}`, value: cpuMs, unit: 'ms' },
        { label: `  translated blocks, ${what}`, value: blocks, unit: 'count' },
        { label: `  memory of the translations, ${what}`, value: codeMib, unit: 'MiB' },
      ];
      return [
        ...of(kind, firstMs, after),
        ...of(`a second container, ${kind}`, secondMs, difference(more, after)),
      ];
    };
    return {
      variants: kinds.map((kind) => ({ name: kind, sample: () => sample(kind) })),
      goals: [],
      dispose: async () => {
        await call('copied', 'factory', 'destroy');
      },
    };
  },
};

function difference(later: Work, earlier: Work): Work {
  return {
    blocks: later.blocks - earlier.blocks,
    codeMib: later.codeMib - earlier.codeMib,
    cpuMs: later.cpuMs - earlier.cpuMs,
  };
}
