import type { GuestProcessInfo } from '@hako/sandbox/state';
import { CliError } from '../cli-error.ts';
import type { Context } from '../context.ts';
import { onContainer } from '../on-container.ts';
import { print } from '../output.ts';
import { table } from '../table.ts';

/** Arguments of `ps`. */
export interface PsOptions {
  readonly format: 'table' | 'json';
}

/**
 * Lists a container's processes. The table shows those inside the container, with their pids there. JSON is, as other
 * runtimes print it, a list of pids on the host: that of the process which stands for the container, since a process in
 * a VM has none.
 */
export async function ps(
  context: Context,
  id: string,
  psOptions: readonly string[],
  { format }: PsOptions,
): Promise<number> {
  const columns = columnsOf(psOptions);
  await onContainer(context, id, async ({ task, guest }) => {
    if (format === 'json') {
      const { processes } = await task.pids({ id });
      print(`${JSON.stringify(processes.map(({ pid }) => pid))}\n`);
      return;
    }
    const { value } = await guest.processes({ id });
    // The shim has read the guest's answer with limits and made it printable.
    const processes = JSON.parse(new TextDecoder().decode(value)) as readonly GuestProcessInfo[];
    print(
      table([
        columns.map(({ heading }) => heading),
        ...processes.map((entry) => columns.map(({ cell }) => cell(entry))),
      ]),
    );
  });
  return 0;
}

interface Column {
  readonly heading: string;
  readonly cell: (process: GuestProcessInfo) => string;
}

const COLUMNS: Readonly<Record<string, Column>> = {
  uid: { heading: 'UID', cell: ({ uid }) => String(uid) },
  user: { heading: 'USER', cell: ({ uid }) => String(uid) },
  pid: { heading: 'PID', cell: ({ pid }) => String(pid) },
  ppid: { heading: 'PPID', cell: ({ ppid }) => String(ppid) },
  stat: { heading: 'STAT', cell: ({ state }) => state },
  rss: { heading: 'RSS', cell: ({ rssKib }) => String(rssKib) },
  stime: { heading: 'STIME', cell: ({ startedAt }) => startTime(startedAt) },
  tty: { heading: 'TTY', cell: ({ tty }) => tty },
  time: { heading: 'TIME', cell: ({ cpuMs }) => duration(cpuMs) },
  comm: { heading: 'COMMAND', cell: ({ command }) => command.split(' ')[0] ?? '' },
  args: { heading: 'COMMAND', cell: ({ command }) => command },
  cmd: { heading: 'CMD', cell: ({ command }) => command },
};

const FULL = 'uid,pid,ppid,stime,tty,time,cmd';

/** Columns that the options of ps(1) ask for: those of `-ef`, or those of `-o`. */
function columnsOf(options: readonly string[]): readonly Column[] {
  const rest = options.filter((option) => !/^-[Aef]+$/.test(option)).join(' ');
  const list = rest === '' ? FULL : /^-o ?(\S+)$/.exec(rest)?.[1];
  if (list === undefined) {
    throw usage(`ps options ${JSON.stringify(rest)} are not known: -e, -f, -A and -o COLUMN,... are`);
  }
  return list.split(',').map((name) => {
    const column = COLUMNS[name];
    if (column !== undefined) return column;
    throw usage(`ps has no column ${JSON.stringify(name)}: ${Object.keys(COLUMNS).join(', ')}`);
  });
}

function usage(message: string): CliError {
  return new CliError('usage', message, { facts: {} });
}

function startTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(11, 16);
}

function duration(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}
