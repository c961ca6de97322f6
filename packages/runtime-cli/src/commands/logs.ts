import { watch } from 'node:fs';
import { makeVisible } from '@hako/errors';
import { liveState } from '@hako/sandbox/state';
import type { Context } from '../context.ts';
import { print } from '../output.ts';
import { byTime, LOG_SOURCES, type LogLine, type LogSource, readSandboxLogs } from '../sandbox-logs.ts';

/** Arguments of `logs`. */
export interface LogsOptions {
  /** Only these; empty: all. */
  readonly source: readonly LogSource[];
  /** One source after the other in place of all by time. */
  readonly apart: boolean;
  /** Go on until the container stops. */
  readonly follow: boolean;
}

/** Prints what shim, QEMU, virtiofsd, the guest's kernel and its agent said about a container's sandbox. */
export async function logs(context: Context, id: string, options: LogsOptions): Promise<number> {
  const { store, host } = context;
  const { sandboxId } = liveState(store, host, id);
  const wanted = (): readonly LogLine[] =>
    readSandboxLogs(store, sandboxId).filter(
      ({ source }) => options.source.length === 0 || options.source.includes(source),
    );
  if (options.apart) {
    for (const source of LOG_SOURCES) {
      const lines = wanted().filter((line) => line.source === source);
      if (lines.length > 0) print(`== ${source} ==\n${lines.map(timeAndText).join('')}`);
    }
    return 0;
  }
  const printed = new Set<string>();
  const printNew = (): void => {
    const lines = byTime(wanted()).map((line) => `${line.source.padEnd(9)} ${timeAndText(line)}`);
    // A log that was rotated meanwhile is shorter than before: what was printed is told by its text and time.
    for (const line of lines) if (!printed.has(line)) print(line);
    for (const line of lines) printed.add(line);
  };
  if (!options.follow) {
    for (const line of byTime(wanted())) print(`${line.source.padEnd(9)} ${timeAndText(line)}`);
    return 0;
  }
  await untilStopped(context, id, sandboxId, printNew);
  return 0;
}

function timeAndText({ time, text }: LogLine): string {
  return `${time === '' ? '-'.padEnd(24) : time} ${makeVisible(text)}\n`;
}

/** Calls `printNew` at each change of the logs, until the container has stopped or is gone. */
async function untilStopped(
  { store, host }: Context,
  id: string,
  sandboxId: string,
  printNew: () => void,
): Promise<void> {
  const paths = store.sandbox(sandboxId);
  await new Promise<void>((resolve, reject) => {
    const watchers = [paths.directory, paths.logs].map((path) => watch(path, look));
    const end = (): void => {
      for (const watcher of watchers) watcher.close();
      resolve();
    };
    for (const watcher of watchers) watcher.on('error', reject);
    function look(): void {
      try {
        printNew();
        if (liveState(store, host, id).status === 'stopped') end();
      } catch {
        // Deleted meanwhile.
        end();
      }
    }
    look();
  });
}
