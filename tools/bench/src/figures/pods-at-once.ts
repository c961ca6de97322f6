import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { CriPod } from '@hako/cri';
import type { Goal, Variant } from '../figure.ts';
import { formatNumber } from '../table.ts';
import type { Floor } from './floor.ts';

const count = 10;
const atMost = 1.2;
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
    sample: async () => [{ label: floorsAtOnce, value: await floor.timeAtOnce(count), unit: 'ms' }],
  };
  const ofPods = ways.map(
    ({ label, handler, isCopy }): Variant => ({
      name: label,
      sample: async () => {
        const startMs = performance.now();
        // All have come to their end before anything is taken away, also when one of them fails.
        const made = await Promise.allSettled(Array.from({ length: count }, () => runPod(handler)));
        const value = performance.now() - startMs;
        for (const pod of made) {
          if (pod.status === 'rejected') throw pod.reason;
          if (wasCopied(pod.value) !== isCopy)
            throw new Error(`${label}: a machine was made in the other way`);
          await pod.value.remove();
        }
        return [{ label, value, unit: 'ms' }];
      },
    }),
  );
  const goals = ways.flatMap(({ label }) => [overFloorsByCores(label), overFloorsAtOnce(label)]);
  return { variants: [ofFloors, ...ofPods], goals };
}

/** The shim writes down how long each phase took. */
function wasCopied({ id }: CriPod): boolean {
  const timings = readFileSync(join('/run/hako/.containerd/k8s.io', id, 'timings.json'), 'utf8');
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
