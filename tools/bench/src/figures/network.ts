import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { writeBundle } from '@hako/bundles';
import * as z from 'zod';
import { type Figure, ratioGoal, type Variant } from '../figure.ts';
import { findProcesses, timeProgram } from '../processes.ts';
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
/** Of those who are in hako's machine but not in its container. */
const besidePorts: Ports = { http: 81, echo: 8 };
/** So much of a guest's memory is the file that it serves; the rest of the download is HTTP's few lines. */
const serve = ({ http }: Ports) =>
  `mkdir -p /dev/shm/served && dd if=/dev/zero of=/dev/shm/served/zeros bs=1M count=${MIB} 2>/dev/null && httpd -p ${http} -h /dev/shm/served`;
const echo = (of: Ports) => `nc -ll -p ${of.echo} -e cat`;
const clientProgram = fileURLToPath(new URL('./tcp-client.ts', import.meta.url));
const timesSchema = z.object({ downloadMs: z.number(), roundTripMs: z.number() });

/** What comes out of a guest by TCP, and how quickly it answers, through hako's tap beside one that was made by hand. */
export const network: Figure = {
  name: 'network',
  title: `TCP from a guest to the host: ${MIB} MiB, and a round trip of one byte`,
  method: `A container serves a file of its memory (busybox httpd) and an echo (nc); its namespace has one end of a veth, which hako joins to a tap by tcfilter, and the client is at the other end. Plain: a QEMU of the same arguments and the same guest, its card on a tap that was joined to another veth by hand, in the same way. Beside its container: the same programs started by the debug console of hako’s machine, so that what the container itself costs shows. A round trip is the mean of ${ROUND_TRIPS}.`,
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
        args: ['sh', '-c', `${serve(ports)} && exec ${echo(ports)}`],
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
      beside = await GuestShell.open(join(folder, 'network', id, 'vm'));
      for (const [shell, at] of [
        [plain.shell, ports],
        [beside, besidePorts],
      ] as const) {
        await shell.run(serve(at));
        await shell.run(`(${echo(at)} &)`);
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
        variant('hako, beside its container', networks.hakoGuest, besidePorts),
        variant('plain', networks.plainGuest, ports),
      ],
      goals: [
        ratioGoal(`${MIB} MiB, hako`, `${MIB} MiB, plain`, 1.05),
        ratioGoal('round trip, hako', 'round trip, plain', 1.05),
      ],
      dispose,
    };
  },
};
