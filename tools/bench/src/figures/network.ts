import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { writeBundle } from '@hako/bundles';
import * as z from 'zod';
import { type Figure, ratioGoal, type Variant } from '../figure.ts';
import { findProcesses, timeProgram } from '../processes.ts';
import { busyboxRootInGuest, runByCrun } from './guest-crun.ts';
import { consoleConfiguration, GuestShell } from './guest-shell.ts';
import { PlainQemu } from './plain-qemu.ts';
import { TwoNetworks } from './two-networks.ts';

const MIB = 32;
const ROUND_TRIPS = 200;
/** Of the download, and of the echo. */
interface Ports {
  readonly http: number;
  readonly echo: number;
}
const ports: Ports = { http: 80, echo: 7 };
/** Of those who are in no container. */
const freePorts: Ports = { http: 81, echo: 8 };
/** So much of a guest's memory is the file that it serves; the rest of the download is HTTP's few lines. */
const serve = ({ http }: Ports) =>
  `mkdir -p /dev/shm/served && dd if=/dev/zero of=/dev/shm/served/zeros bs=1M count=${MIB} 2>/dev/null && httpd -p ${http} -h /dev/shm/served`;
const echo = (of: Ports) => `nc -ll -p ${of.echo} -e cat`;
const containerArgs = ['sh', '-c', `${serve(ports)} && exec ${echo(ports)}`];
const clientProgram = fileURLToPath(new URL('./tcp-client.ts', import.meta.url));
const timesSchema = z.object({ downloadMs: z.number(), roundTripMs: z.number() });

/** What comes out of a guest by TCP, and how quickly it answers, through hako's tap beside one that was made by hand. */
export const network: Figure = {
  name: 'network',
  title: `TCP from a guest to the host: ${MIB} MiB, and a round trip of one byte`,
  method: `A container serves a file of its memory (busybox httpd) and an echo (nc); its namespace has one end of a veth, which hako joins to a tap by tcfilter, and the client is at the other end. Plain: a QEMU of the same arguments and the same guest, its card on a tap that was joined to another veth by hand, in the same way. Each serves twice: from a container (the plain guest’s is made by crun on its debug console, from the same config.json) and from no container (programs that the debug console starts), so that what a container costs in any guest shows apart from what hako costs. A round trip is the mean of ${ROUND_TRIPS}.`,
  samplesPerRound: 6,
  async prepare({ workspace, folder, tag, rootfs }) {
    const networks = new TwoNetworks(tag);
    const id = `${tag}-network`;
    const global = ['--root', join(folder, 'network')];
    const call = (...args: string[]) => timeProgram(join(workspace, 'dist/bin/hako'), [...global, ...args]);
    let plain: PlainQemu | undefined;
    let beside: GuestShell | undefined;
    const dispose = async (): Promise<void> => {
      await plain?.close();
      beside?.close();
      await call('delete', '--force', id);
      networks.close();
    };
    try {
      const others = ['pid', 'ipc', 'uts', 'mount'].map((type) => ({ type }));
      const namespaces = [...others, { type: 'network', path: networks.insidePath }];
      const bundle = writeBundle(join(folder, 'network-bundle'), {
        rootfs,
        args: containerArgs,
        extra: { linux: { namespaces } },
      });
      await call(
        '--config',
        consoleConfiguration(workspace, folder),
        'run',
        '--detach',
        '--bundle',
        bundle,
        id,
      );
      const sandbox = findProcesses(id).find(({ args }) => args[0]?.includes('qemu-system'))?.args ?? [];
      const { enterByHand: enter, tap } = networks;
      plain = await PlainQemu.start(sandbox, { enter, tap, folder });
      const address = `ip address add ${networks.plainGuest}/24 dev eth0 && ip link set eth0 up`;
      await plain.shell.run(`modprobe virtio_net && ${address} && mkdir -p /dev/shm`);
      const plainBundle = writeBundle(join(folder, 'plain-bundle'), {
        rootfs: await busyboxRootInGuest(plain.shell),
        args: containerArgs,
        extra: { linux: { namespaces: others } },
      });
      await runByCrun(plain.shell, readFileSync(join(plainBundle, 'config.json')));
      beside = await GuestShell.open(join(folder, 'network', id, 'vm'));
      for (const shell of [plain.shell, beside]) {
        await shell.run(serve(freePorts));
        await shell.run(`(${echo(freePorts)} &)`);
      }
    } catch (error) {
      await dispose();
      throw error;
    }
    const variant = (name: string, address: string, at: Ports): Variant => ({
      name,
      async sample() {
        const [program = '', ...enter] = networks.enterOutside;
        const client = [process.execPath, clientProgram];
        const asked = [address, at.http, at.echo, MIB << 20, ROUND_TRIPS].map(String);
        const { stdout } = await promisify(execFile)(program, [...enter, ...client, ...asked], {
          timeout: 60_000,
        });
        const times = timesSchema.parse(JSON.parse(stdout));
        return [
          { label: `${MIB} MiB, ${name}`, value: times.downloadMs, unit: 'ms' },
          { label: `round trip, ${name}`, value: times.roundTripMs, unit: 'ms' },
        ];
      },
    });
    return {
      variants: [
        variant('hako', networks.hakoGuest, ports),
        variant('hako, no container', networks.hakoGuest, freePorts),
        variant('plain', networks.plainGuest, ports),
        variant('plain, no container', networks.plainGuest, freePorts),
      ],
      goals: [
        ratioGoal(`${MIB} MiB, hako`, `${MIB} MiB, plain`, 1.05),
        ratioGoal('round trip, hako', 'round trip, plain', 1.05),
        ratioGoal(`${MIB} MiB, hako, no container`, `${MIB} MiB, plain, no container`, 1.05),
        ratioGoal('round trip, hako, no container', 'round trip, plain, no container', 1.05),
      ],
      dispose,
    };
  },
};
