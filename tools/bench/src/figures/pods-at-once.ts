import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { CriPod } from '@hako/cri';
import { StateStore, sandboxProcesses } from '@hako/sandbox/state';
import { type Goal, madeOf, type Reading, type Variant } from '../figure.ts';
import { formatNumber } from '../table.ts';
import type { Floor } from './floor.ts';

const count = 10;
const atMost = 1.2;
/** State of the pods' sandboxes. */
const states = '/run/hako/.containerd/k8s.io';
const floorsAtOnce = `${count} floors at once`;

/** How the machines of the pods come to be: CRI's runtime handler for each way. */
const ways = [
  { label: `${count} pods at once`, handler: 'hako', isCopy: false },
  { label: `${count} pods at once from a template`, handler: 'hako-configured', isCopy: true },
] as const;

interface PodsAtOnce {
  readonly variants: readonly Variant[];
  readonly goals: readonly Goal[];
}

/**
 * Ten pods of one container that are asked for at the same time, whose machines boot or are copies of a template, beside ten
 * bare machines that boot at the same time.
 *
 * @param parts.runPod resolves when the pod's container has ended
 */
export function podsAtOnce({
  runPod,
  floor,
}: {
  readonly runPod: (handler: string) => Promise<CriPod>;
  readonly floor: Pick<Floor, 'timeAtOnce'>;
}): PodsAtOnce {
  const ofFloors: Variant = {
    name: floorsAtOnce,
    sample: async () => {
      const value = await floor.timeAtOnce(count);
      // Nothing waits for anything but the cores.
      const each = (value * availableParallelism()) / count;
      return [
        { label: floorsAtOnce, value, unit: 'ms' },
        { label: `${partsOf(ways[0].label)}CPU of each floor`, value: each, unit: 'ms' },
      ];
    },
  };
  const ofPods = ways.map(
    ({ label, handler, isCopy }): Variant => ({
      name: label,
      sample: async () => {
        const startMs = performance.now();
        // All have come to their end before anything is taken away, also when one of them fails.
        const made = await Promise.allSettled(Array.from({ length: count }, () => runPod(handler)));
        const value = performance.now() - startMs;
        const pods = made.map((pod) => {
          if (pod.status === 'rejected') throw pod.reason;
          return pod.value;
        });
        const costs = cpuOfEach(pods, label);
        for (const pod of pods) {
          if (wasCopied(pod) !== isCopy) throw new Error(`${label}: a machine was made in the other way`);
          await pod.remove();
        }
        return [{ label, value, unit: 'ms' }, ...costs];
      },
    }),
  );
  const goals = ways.flatMap(({ label }) =>
    [overFloorsByCores(label), overFloorsAtOnce(label)].map((goal) => madeOf(partsOf(label), goal)),
  );
  return { variants: [ofFloors, ...ofPods], goals };
}

/** What the labels of its parts begin with. */
const partsOf = (label: string): string => `  ${label}: `;

/** What the host's processes of a pod took of the cores, on average. */
function cpuOfEach(pods: readonly CriPod[], label: string): Reading[] {
  const store = new StateStore(states);
  const used = pods.flatMap(({ id }) => sandboxProcesses(store, id));
  return ['qemu', 'virtiofsd', 'shim'].map((role) => {
    const totalNs = used
      .filter((one) => one.role.startsWith(role))
      .reduce((sum, { cpuNs }) => sum + cpuNs, 0);
    return { label: `${partsOf(label)}CPU of each ${role}`, value: totalNs / 1e6 / pods.length, unit: 'ms' };
  });
}

/** The shim writes down how long each phase took. */
function wasCopied({ id }: CriPod): boolean {
  const timings = readFileSync(join(states, id, 'timings.json'), 'utf8');
  return timings.includes('"copy of a template"');
}

/** As if the cores did twice as much as one, and the bare machines were slowed down by nothing that they share. */
function overFloorsByCores(label: string): Goal {
  const cores = availableParallelism();
  return {
    name: `${label} / (${count} floors / ${cores} cores)`,
    unit: 'x',
    atMost,
    value: (median) => {
      const [total, one] = [median(label), median('floor')];
      return total === undefined || one === undefined ? undefined : total / ((count * one) / cores);
    },
    arithmetic: (median) =>
      `${formatNumber(median(label) ?? 0)} ms / (${count} x ${formatNumber(median('floor') ?? 0)} ms / ${cores})`,
  };
}

/** By what the cores allow to bare machines, as measured. */
function overFloorsAtOnce(label: string): Goal {
  return {
    name: `${label} / ${floorsAtOnce}`,
    unit: 'x',
    atMost,
    value: (median) => {
      const [total, floors] = [median(label), median(floorsAtOnce)];
      return total === undefined || floors === undefined ? undefined : total / floors;
    },
    arithmetic: (median) =>
      `${formatNumber(median(label) ?? 0)} ms / ${formatNumber(median(floorsAtOnce) ?? 0)} ms`,
  };
}
