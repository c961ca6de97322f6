import { setTimeout as delay } from 'node:timers/promises';
import { stringifyJson } from '@hako/oci-spec/json';
import { sandboxProcesses } from '@hako/sandbox/state';
import type { TaskConnection } from '@hako/shim/client';
import { unpackAny } from '@hako/task-protocol';
import { Metrics } from '@hako/task-protocol/cgroups-v2';
import { CliError } from '../cli-error.ts';
import type { Context } from '../context.ts';
import { parseDurationMs } from '../duration.ts';
import { onContainer } from '../on-container.ts';
import { print } from '../output.ts';
import { statsEvent } from '../stats-event.ts';

/** Arguments of `events`. */
export interface EventsOptions {
  /** Go's form of a duration. */
  readonly interval: string;
  /** Print one event and leave. */
  readonly stats: boolean;
}

/**
 * Prints events of a container, one JSON object a line: its figures at each interval, and `oom` when the guest's kernel
 * killed in it for want of memory. Ends with the container.
 */
export async function events(context: Context, id: string, options: EventsOptions): Promise<number> {
  const intervalMs = parseDurationMs(options.interval);
  if (intervalMs === undefined) {
    throw new CliError(
      'usage',
      `--interval ${JSON.stringify(options.interval)} must be a duration above 0, such as 5s`,
      {
        facts: {},
      },
    );
  }
  await onContainer(context, id, async ({ task, guest }, { sandboxId }) => {
    const stopped = new AbortController();
    task.wait({ id }).then(
      () => stopped.abort(),
      () => stopped.abort(),
    );
    for (let oomKills = 0n; ; ) {
      const metrics = await readMetrics(guest, id, stopped.signal);
      if (metrics === undefined) return;
      const killed = metrics.memoryEvents?.oomKill ?? 0n;
      if (!options.stats && killed > oomKills) printEvent({ type: 'oom', id });
      oomKills = killed;
      printEvent(statsEvent(id, metrics, sandboxProcesses(context.store, sandboxId)));
      if (options.stats) return;
      await delay(intervalMs, undefined, { signal: stopped.signal }).catch(() => {});
      if (stopped.signal.aborted) return;
    }
  });
  return 0;
}

/** Undefined when the container ended meanwhile. */
async function readMetrics(
  guest: TaskConnection['guest'],
  id: string,
  stopped: AbortSignal,
): Promise<Metrics | undefined> {
  try {
    const { stats } = await guest.metrics({ id });
    return unpackAny(Metrics, stats) ?? Metrics.create({});
  } catch (error) {
    if (stopped.aborted) return undefined;
    throw error;
  }
}

function printEvent(event: object): void {
  print(`${stringifyJson(event)}\n`);
}
