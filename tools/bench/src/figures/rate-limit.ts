import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { writeBundle } from '@hako/bundles';
import { withLine } from '@hako/bundles/toml-line';
import * as z from 'zod';
import type { Figure, Goal, Variant } from '../figure.ts';
import { timeProgram } from '../processes.ts';
import { JoinedNamespaces } from './joined-namespaces.ts';

const MIB = 8;
/** Different ones, so that neither can stand for the other. */
const limits = { 'out of': 20_000_000, into: 30_000_000 } as const;
type Direction = keyof typeof limits;
const models = ['tcfilter', 'macvtap'] as const;
/** By how much a rate may differ from its limit, either way: headers count towards the limit, and it is not held to the packet. */
const GOAL = 1.1;

const source = `mkdir -p /dev/shm/served && dd if=/dev/zero of=/dev/shm/served/zeros bs=1M count=${MIB} 2>/dev/null && httpd -p 80 -h /dev/shm/served`;
/** Says when it reads, as its start takes longer than the data's way. */
const sink = "nc -ll -p 9 -e sh -c 'echo ready; exec cat >/dev/null'";
const clientProgram = fileURLToPath(new URL('./tcp-flow.ts', import.meta.url));
const timesSchema = z.object({ downloadMs: z.number(), uploadMs: z.number() });

const labelOf = (direction: Direction, model: string) => `${MIB} MiB ${direction} the guest, ${model}`;
const megabits = (bitsPerSecond: number) => bitsPerSecond / 1e6;

/** What TCP comes to where the configuration limits a card's rates. */
export const rateLimit: Figure = {
  name: 'rate-limit',
  title: `TCP under rate limits: ${megabits(limits['out of'])} Mbit/s out of a guest, ${megabits(limits.into)} into it`,
  method: `\`tx_rate_limiter_max_rate\` and \`rx_rate_limiter_max_rate\` are set, and ${MIB} MiB go each way between a container (busybox httpd and nc) and a client at the other end of its namespace's veth, from the client's first byte until the other side has ended the connection. The limit counts whole Ethernet frames, of which TCP's data are 95.6 %.`,
  async prepare({ workspace, folder, tag, rootfs }) {
    const hako = join(workspace, 'dist/bin/hako');
    const shipped = readFileSync(join(workspace, 'dist/etc/hako/configuration.toml'), 'utf8');
    const undo: (() => Promise<unknown>)[] = [];
    const dispose = async (): Promise<void> => {
      for (const step of undo.toReversed()) await step();
    };
    const start = async (model: string): Promise<Variant> => {
      const id = `${tag}-${model}`;
      const namespaces = new JoinedNamespaces(id);
      undo.push(async () => namespaces.close());
      const limited = [
        `tx_rate_limiter_max_rate = ${limits['out of']}`,
        `rx_rate_limiter_max_rate = ${limits.into}`,
      ].reduce((text, line) => withLine(text, line), shipped);
      const configuration = join(folder, `${model}.toml`);
      writeFileSync(configuration, withLine(limited, `internetworking_model = "${model}"`, 'runtime'));
      const others = ['pid', 'ipc', 'uts', 'mount'].map((type) => ({ type }));
      const bundle = writeBundle(join(folder, `${model}-bundle`), {
        rootfs,
        args: ['sh', '-c', `${source} && exec ${sink}`],
        extra: { linux: { namespaces: [...others, { type: 'network', path: namespaces.path }] } },
      });
      const global = ['--root', join(folder, 'state')];
      undo.push(() => timeProgram(hako, [...global, 'delete', '--force', id]));
      await timeProgram(hako, [
        ...global,
        ...['--config', configuration],
        ...['run', '--detach', '--bundle', bundle, id],
      ]);
      return {
        name: model,
        async sample() {
          const [program = '', ...enter] = namespaces.enterOutside;
          const client = [process.execPath, clientProgram, namespaces.guest, `${MIB << 20}`];
          const { stdout } = await promisify(execFile)(program, [...enter, ...client], { timeout: 60_000 });
          const { downloadMs, uploadMs } = timesSchema.parse(JSON.parse(stdout));
          return [
            { label: labelOf('out of', model), value: downloadMs, unit: 'ms' },
            { label: labelOf('into', model), value: uploadMs, unit: 'ms' },
          ];
        },
      };
    };
    const variants: Variant[] = [];
    try {
      for (const model of models) variants.push(await start(model));
    } catch (error) {
      await dispose();
      throw error;
    }
    return {
      variants,
      goals: models.flatMap((model) => [goal('out of', model), goal('into', model)]),
      dispose,
    };
  },
};

/** How far the rate is from its limit: the larger of the two over the smaller. */
function goal(direction: Direction, model: string): Goal {
  const limit = limits[direction];
  const rateOf = (ms: number): number => (MIB * 2 ** 20 * 8 * 1000) / ms;
  return {
    name: `rate ${direction} a limited guest and its limit, ${model}`,
    unit: 'x',
    atMost: GOAL,
    value: (median) => {
      const ms = median(labelOf(direction, model));
      return ms === undefined ? undefined : Math.max(rateOf(ms) / limit, limit / rateOf(ms));
    },
    arithmetic: (median) => {
      const rate = rateOf(median(labelOf(direction, model)) ?? Number.NaN);
      return `${megabits(rate).toFixed(1)} of ${megabits(limit)} Mbit/s`;
    },
  };
}
