import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeBundle } from '@hako/bundles';
import { ContainerdCri, CriPod } from '@hako/cri';
import { podOverheadMib } from '@hako/deploy';
import { type Figure, medianGoal, type Reading } from '../figure.ts';
import { descendantsOf, findProcesses, proportionalMemoryMib } from '../processes.ts';
import { becomeQuiet } from '../quiet.ts';
import { Floor } from './floor.ts';
import { podsAtOnce } from './pods-at-once.ts';
import { Templates } from './templates.ts';

const handlers = ['hako', 'runc'] as const;
const sizes = [1, 5] as const;

const label = (handler: string, containers: number) =>
  `${handler}, ${containers} container${containers > 1 ? 's' : ''}`;
const shimLabel = (containers: number) =>
  `  shim of hako, ${containers} container${containers > 1 ? 's' : ''}`;

/**
 * Pods through containerd's CRI, with hako and with runc: from the call that asks for the pod until `/bin/true` has ended
 * in each of its containers, and the memory that the pod's processes take on the host.
 */
export const pods: Figure = {
  name: 'pods',
  title:
    'Pods through CRI: /bin/true in each container; memory (PSS) of all host processes; ten at once, booted and from a template',
  method:
    'A containerd of its own with hako and runc as CRI handlers. From RunPodSandbox until `/bin/true` has ended in each container; memory (PSS) of all host processes of the pod while its containers sleep. Ten floors at once are ten bare machines that boot at the same time: what the cores allow. The CPU time of each pod’s processes says where ten pods spend theirs: what a machine (qemu) takes beyond a floor is the emulated start of the agent and of crun, for the pause container and for the other one.',
  async prepare(context) {
    const { workspace, folder, tag, rootfs } = context;
    const hako = join(workspace, 'dist/bin/hako');
    const bundle = writeBundle(join(folder, 'pods-bundle'), { rootfs, args: ['/bin/true'] });
    const initrd = join(workspace, 'dist/guest/probe-initrd.img');
    const floor = await Floor.prepare({ hako, initrd, bundle, folder, tag });
    const cri = new ContainerdCri({ folder: join(folder, 'cri'), binFolder: join(workspace, 'dist/bin') });
    await cri.startWithImages(rootfs);
    const templates = await Templates.make(context);
    // That of the handler `hako-configured`.
    copyFileSync(templates.configuration('virtio-9p'), join(cri.folder, 'hako.toml'));
    let count = 0;
    const runPod = async (handler: string, containers: number): Promise<CriPod> => {
      count += 1;
      const pod = await CriPod.run(cri, `${tag}-${count}`, handler);
      for (let index = 0; index < containers; index += 1) {
        await pod.exited(await pod.start(`c${index}`, ['/bin/true']));
      }
      return pod;
    };
    const sampleTime = async (handler: string, containers: number): Promise<Reading[]> => {
      const startMs = performance.now();
      const pod = await runPod(handler, containers);
      const value = performance.now() - startMs;
      await pod.remove();
      return [{ label: label(handler, containers), value, unit: 'ms' }];
    };
    /** With containers that wait, as those that have ended take nothing. */
    const sampleMemory = async (handler: string, containers: number): Promise<Reading[]> => {
      const pod = await runPod(handler, 0);
      for (let index = 0; index < containers; index += 1) await pod.start(`w${index}`, ['sleep', '100000']);
      await becomeQuiet();
      const own = findProcesses(pod.id);
      const all = new Set(own.flatMap(({ pid }) => [pid, ...descendantsOf(pid)]));
      const total = [...all].reduce((sum, pid) => sum + proportionalMemoryMib(pid), 0);
      const readings: Reading[] = [
        { label: `memory of ${label(handler, containers)}`, value: total, unit: 'MiB' },
      ];
      const shim = own.find(({ args }) => args.some((arg) => arg === 'containerd-shim'));
      if (handler === 'hako' && shim !== undefined) {
        readings.push({ label: shimLabel(containers), value: proportionalMemoryMib(shim.pid), unit: 'MiB' });
      }
      await pod.remove();
      return readings;
    };
    const atOnce = podsAtOnce({ runPod: (handler) => runPod(handler, 1), floor });
    return {
      variants: [
        { name: 'floor', sample: async () => [{ label: 'floor', value: await floor.time(), unit: 'ms' }] },
        ...handlers.flatMap((handler) =>
          sizes.flatMap((containers) => [
            { name: label(handler, containers), sample: () => sampleTime(handler, containers) },
            {
              name: `memory of ${label(handler, containers)}`,
              sample: () => sampleMemory(handler, containers),
            },
          ]),
        ),
        ...atOnce.variants,
      ],
      goals: [
        medianGoal(shimLabel(1), 'MiB', 25),
        // What Kubernetes is told that a pod takes.
        medianGoal(`memory of ${label('hako', 1)}`, 'MiB', podOverheadMib()),
        {
          name: 'shim per further container',
          unit: 'MiB',
          atMost: 2,
          value: (median) => {
            const [one, five] = [median(shimLabel(1)), median(shimLabel(5))];
            return one === undefined || five === undefined ? undefined : (five - one) / 4;
          },
        },
        ...atOnce.goals,
      ],
      dispose: async () => {
        await Promise.all([cri.close(), floor.close(), templates.remove()]);
      },
    };
  },
};
