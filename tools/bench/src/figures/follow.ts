import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { writeBundle } from '@hako/bundles';
import { type Figure, medianGoal } from '../figure.ts';
import { endChild, timeProgram } from '../processes.ts';
import { JoinedNamespaces } from './joined-namespaces.ts';

/** What the guest is to see of a change, at the latest. */
const GOAL_MS = 1000;
/** A line that has not come by then does not come. */
const DEADLINE_MS = 30_000;

/** What the namespace goes through, each with how the guest's `ip monitor` tells of it, and back to where it began. */
const changes = [
  {
    label: 'followed: new interface',
    commands: (outside: string) => [
      `link add eth1 type veth peer name far1 netns ${outside}`,
      'address add 10.79.0.2/24 dev eth1',
      'link set eth1 up',
    ],
    seen: /eth1 +inet 10\.79\.0\.2\/24/,
  },
  {
    label: 'followed: new address',
    commands: () => ['address add 10.79.0.3/24 dev eth1'],
    seen: /eth1 +inet 10\.79\.0\.3\/24/,
  },
  {
    label: 'followed: address gone',
    commands: () => ['address delete 10.79.0.3/24 dev eth1'],
    seen: /^Deleted .*eth1 +inet 10\.79\.0\.3\/24/,
  },
  { label: 'followed: interface gone', commands: () => ['link delete eth1'], seen: /^Deleted \d+: eth1:/ },
] as const;

/** How long a running guest takes to have what changes in its container's network namespace. */
export const follow: Figure = {
  name: 'follow',
  title: 'Changes of a network namespace, until the running guest has them',
  method:
    'From before the command that changes the namespace until `ip monitor` in the container, read through `hako exec`, tells of it: an interface with an address that comes (a card is plugged into the machine), an address that comes and goes, the interface that goes (the card is unplugged). hako lets 50 ms pass after a change for those that come with it.',
  async prepare({ workspace, folder, tag, rootfs }) {
    const namespaces = new JoinedNamespaces(`${tag}-follow`);
    const id = `${tag}-follow`;
    const hako = join(workspace, 'dist/bin/hako');
    const global = ['--root', join(folder, 'follow')];
    let monitor: Monitor | undefined;
    const dispose = async (): Promise<void> => {
      await monitor?.close();
      await timeProgram(hako, [...global, 'delete', '--force', id]);
      namespaces.close();
    };
    try {
      const others = ['pid', 'ipc', 'uts', 'mount'].map((type) => ({ type }));
      // The host's iproute2: busybox's ip has no monitor.
      const host = ([destination, source]: readonly [string, string]) => ({
        destination,
        type: 'bind',
        source,
        options: ['bind', 'ro'],
      });
      const system = [
        ['/usr', '/usr'],
        ['/lib', '/usr/lib'],
        ['/lib64', '/usr/lib64'],
      ] as const;
      const bundle = writeBundle(join(folder, 'follow-bundle'), {
        rootfs,
        args: ['sleep', '100000'],
        extra: {
          mounts: [{ destination: '/proc', type: 'proc', source: 'proc' }, ...system.map(host)],
          linux: { namespaces: [...others, { type: 'network', path: namespaces.path }] },
        },
      });
      await timeProgram(hako, [...global, 'run', '--detach', '--bundle', bundle, id]);
      monitor = await Monitor.start(hako, [...global, 'exec', id]);
    } catch (error) {
      await dispose();
      throw error;
    }
    const guest = monitor;
    return {
      variants: [
        {
          name: 'follow',
          sample: async () => {
            const readings = [];
            for (const { label, commands, seen } of changes) {
              const line = guest.line(seen);
              const startMs = performance.now();
              namespaces.change(namespaces.inside, commands(namespaces.outside));
              await line;
              readings.push({ label, value: performance.now() - startMs, unit: 'ms' } as const);
            }
            return readings;
          },
        },
      ],
      goals: changes.map(({ label }) => medianGoal(label, 'ms', GOAL_MS)),
      dispose,
    };
  },
};

/** The lines of `ip monitor` in a container. */
class Monitor {
  readonly #child: ChildProcess;
  readonly #lines: Interface;
  #ended = false;

  private constructor(child: ChildProcess, lines: Interface) {
    this.#child = child;
    this.#lines = lines;
    lines.once('close', () => {
      this.#ended = true;
    });
  }

  /** @param exec words of `hako exec ID` */
  static async start(hako: string, exec: readonly string[]): Promise<Monitor> {
    const isListening = 'grep -q "^[0-9a-f]* *0 *$! " /proc/net/netlink';
    const script = `/usr/bin/ip -oneline monitor link address & until ${isListening}; do :; done; echo ready; wait`;
    const child = spawn(hako, [...exec, 'sh', '-c', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const monitor = new Monitor(child, createInterface({ input: child.stdout }));
    await monitor.line(/^ready$/);
    return monitor;
  }

  /** The next line that matches. Rejects when it does not come, or the monitor ends. */
  line(pattern: RegExp): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const look = (line: string): void => {
      if (pattern.test(line)) resolve();
    };
    const missed = (why: string) => () => reject(new Error(`${pattern} from the guest's ip monitor: ${why}`));
    const end = missed('it has ended');
    const timer = setTimeout(missed(`nothing in ${DEADLINE_MS} ms`), DEADLINE_MS);
    this.#lines.on('line', look);
    this.#lines.once('close', end);
    if (this.#ended) end();
    return promise.finally(() => {
      clearTimeout(timer);
      this.#lines.off('line', look);
      this.#lines.off('close', end);
    });
  }

  async close(): Promise<void> {
    await endChild(this.#child);
  }
}
