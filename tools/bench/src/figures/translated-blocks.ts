import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeBundle } from '@hako/bundles';
import { withLine } from '@hako/bundles/toml-line';
import type { Figure, Reading } from '../figure.ts';
import { findProcesses, proportionalMemoryMib, timeProgram } from '../processes.ts';
import { TranslationCounter, type Work } from './count-translations.ts';
import { shippedQemu } from './qemu-with.ts';

/** With the most memory for translations, MiB; undefined for QEMU's own limit. */
const kinds = {
  booted: undefined,
  copied: undefined,
  'copied, 16 MiB for translations': 16,
  'copied, 8 MiB for translations': 8,
} as const;
type Kind = keyof typeof kinds;
const kindNames = Object.keys(kinds) as Kind[];

/**
 * What stands in the way of a start on an emulated machine: each piece of code that the guest runs for the first time has to be
 * translated, and a template holds no translations.
 */
export const translatedBlocks: Figure = {
  name: 'blocks',
  title: 'What an emulated machine does until a container is created',
  method:
    'Blocks of the guest’s code that QEMU has translated, their memory (`x-query-jit`), and its processor time, after `hako create` with 9p, for a machine that boots and for a copy of a template; then once more for a second container of the same pod, which runs what the first one ran. QEMU translates a block when it runs for the first time, and a template holds no translations: what a copy needs is the kernel’s and crun’s code for a new container, each piece once. With less memory for translations than they need, QEMU drops all of them when it is full and begins anew: what that saves of a copy’s memory (PSS of QEMU), and what it costs. Only under emulation.',
  async prepare({ workspace, folder, tag, rootfs }) {
    const hako = join(workspace, 'dist/bin/hako');
    const shipped = readFileSync(join(workspace, 'dist/etc/hako/configuration.toml'), 'utf8');
    const configuration = (kind: Kind): string => join(folder, `${kind}.toml`);
    const call = (kind: Kind, ...args: readonly string[]): Promise<number> =>
      timeProgram(hako, ['--config', configuration(kind), '--root', join(folder, 'state'), ...args]);
    const factory = ['enable_template = true', `template_path = "${join(folder, 'templates')}"`];
    const counters = new Map<Kind, TranslationCounter>();
    for (const kind of kindNames) {
      const counter = new TranslationCounter(shippedQemu(workspace), folder, kinds[kind]);
      counters.set(kind, counter);
      const lines = [`path = "${counter.program}"`, 'accelerator = "tcg"', 'shared_fs = "virtio-9p"'];
      const booted = lines.reduce((all, line) => withLine(all, line), shipped);
      const copied = factory.reduce((all, line) => withLine(all, line, 'factory'), booted);
      writeFileSync(configuration(kind), kind === 'booted' ? booted : copied);
      if (kind !== 'booted') await call(kind, 'factory', 'init');
    }

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
      const counter = counters.get(kind);
      if (counter === undefined) throw new Error(`nothing counts for ${kind}`);
      const after = await counter.workOf(pid);
      const memoryMib = proportionalMemoryMib(pid);
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
        { label: `  memory of QEMU, ${kind}`, value: memoryMib, unit: 'MiB' },
        ...of(`a second container, ${kind}`, secondMs, difference(more, after)),
      ];
    };
    return {
      variants: kindNames.map((kind) => ({ name: kind, sample: () => sample(kind) })),
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
