import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeBundle } from '@hako/bundles';
import { withLine } from '@hako/bundles/toml-line';
import { waitFor } from '@hako/cri/wait-for';
import { cacheStatus } from '@hako/shim';
import { type Figure, type Reading, ratioGoal } from '../figure.ts';
import { endChild, timeProgram } from '../processes.ts';
import { Templates } from './templates.ts';

/** `hako factory init`, which keeps one machine ready, while this process lives. */
class MachineCache {
  readonly configuration: string;
  readonly #endpoint: string;
  readonly #server: ChildProcess;

  /** @param base path of a configuration that is to have a cache as well */
  constructor(hako: string, folder: string, base: string) {
    this.#endpoint = join(folder, 'cache/machines.sock');
    this.configuration = join(folder, 'ready.toml');
    const lines = ['vm_cache_number = 1', `vm_cache_endpoint = "${this.#endpoint}"`];
    writeFileSync(
      this.configuration,
      lines.reduce((text, line) => withLine(text, line, 'factory'), readFileSync(base, 'utf8')),
    );
    const stdio = ['ignore', 'ignore', 'inherit'] as const;
    this.#server = spawn(hako, ['--config', this.configuration, 'factory', 'init'], { stdio: [...stdio] });
  }

  async untilReady(): Promise<void> {
    await waitFor(async () => {
      if (this.#server.exitCode !== null) throw new Error('hako factory init has ended');
      return (await cacheStatus(this.#endpoint))?.ready[0];
    }, 'a machine is ready');
  }

  /** How many machines somebody has taken. */
  async handedOver(): Promise<number> {
    return (await cacheStatus(this.#endpoint))?.handedOver ?? 0;
  }

  async end(): Promise<void> {
    await endChild(this.#server);
  }
}

const kinds = ['booted', 'copied from a template', 'ready'] as const;
const label = (kind: (typeof kinds)[number]): string => `create, ${kind}`;

/** A sandbox whose machine was kept ready, beside one that boots and one that is a copy. */
export const ready: Figure = {
  name: 'ready',
  title: 'With a machine that was kept ready: create',
  method:
    '`hako create` from start to exit, with 9p, for a machine that boots, one that is a copy of a template, and one that `hako factory init` kept ready, by turns. The next machine is ready before each sample.',
  async prepare(context) {
    const { workspace, folder, tag, rootfs } = context;
    const hako = join(workspace, 'dist/bin/hako');
    const bundle = writeBundle(join(folder, 'bundle'), { rootfs, args: ['/bin/true'] });
    const templates = await Templates.make(context);
    const copying = templates.configuration('virtio-9p');
    const booting = join(folder, 'booting.toml');
    writeFileSync(booting, readFileSync(copying, 'utf8').replace('enable_template = true', ''));
    const cache = new MachineCache(hako, folder, booting);
    const configurations = { booted: booting, 'copied from a template': copying, ready: cache.configuration };
    let count = 0;
    const sample = async (kind: (typeof kinds)[number]): Promise<Reading[]> => {
      await cache.untilReady();
      const before = await cache.handedOver();
      const id = `${tag}-ready-${++count}`;
      const globals = ['--config', configurations[kind], '--root', join(folder, 'state')];
      const value = await timeProgram(hako, [...globals, 'create', '--bundle', bundle, id]);
      await timeProgram(hako, [...globals, 'delete', '--force', id]);
      const taken = (await cache.handedOver()) - before;
      if (taken !== (kind === 'ready' ? 1 : 0)) throw new Error(`${kind}: ${taken} machines were taken`);
      return [{ label: label(kind), value, unit: 'ms' }];
    };
    return {
      variants: kinds.map((kind) => ({ name: kind, sample: () => sample(kind) })),
      goals: [ratioGoal(label('ready'), label('booted'), 0.15)],
      dispose: async () => {
        await cache.end();
        await templates.remove();
      },
    };
  },
};
