import { type Command, Option } from 'commander';
import { CliError } from '../cli-error.ts';
import type { Context } from '../context.ts';
import { oneByOne } from '../each-container.ts';
import { LOG_SOURCES, type LogSource } from '../sandbox-logs.ts';

/** Runs a command by its name; see commandLine. */
export type Run = (name: string, result: Promise<number>) => Promise<void>;

/** Commands that look at a running container or change what it may use. */
export function defineContainerCommands(program: Command, context: () => Context, run: Run): void {
  program
    .command('ps')
    .description("list a container's processes, as they are inside it")
    .argument('<id>', 'container id')
    .argument('[options...]', 'of ps(1): -e, -f, -A, and -o COLUMN,...')
    .passThroughOptions()
    .addOption(
      new Option(
        '-f, --format <format>',
        'table: processes in the container; json: pids on the host, which is the one that stands for it',
      )
        .choices(['table', 'json'])
        .default('table'),
    )
    .action((id: string, words: string[], options) =>
      run(
        'ps',
        import('../commands/ps.ts').then((module) => module.ps(context(), id, words, options)),
      ),
    );
  program
    .command('pause')
    .description('freeze all processes of a running container')
    .argument('<id>', 'container id')
    .action((id: string) =>
      run(
        'pause',
        import('../commands/pause.ts').then((module) => module.pause(context(), id)),
      ),
    );
  program
    .command('resume')
    .description('let the processes of a paused container go on')
    .argument('<id>', 'container id')
    .action((id: string) =>
      run(
        'resume',
        import('../commands/resume.ts').then((module) => module.resume(context(), id)),
      ),
    );
  program
    .command('update')
    .description("change a container's limits; they count inside the VM, whose own size stays")
    .argument('<id>', 'container id')
    .option('-r, --resources <file>', 'linux.resources as JSON, - for stdin; other options are ignored')
    .option('--cpu-period <usec>', 'period of the CPU limit')
    .option('--cpu-quota <usec>', 'CPU time in each period; -1: no limit')
    .option('--cpu-share <weight>', 'CPU weight relative to other containers of the VM')
    .option(
      '--cpu-rt-period <usec>',
      'accepted; cgroup v2, which the guest has, does not limit real-time CPU',
    )
    .option('--cpu-rt-runtime <usec>', 'accepted; see --cpu-rt-period')
    .option('--cpuset-cpus <list>', 'CPUs of the VM to use')
    .option('--cpuset-mems <list>', 'memory nodes of the VM to use')
    .option('--memory <bytes>', 'memory limit; units k, m, g; -1: no limit')
    .option('--memory-reservation <bytes>', 'memory that is taken last when memory is short')
    .option('--memory-swap <bytes>', 'memory and swap together; -1: no limit')
    .option('--pids-limit <number>', 'processes and threads; -1: no limit')
    .option('--blkio-weight <weight>', 'accepted; without meaning in a VM')
    .option('--kernel-memory <bytes>', 'accepted; cgroup v2 counts it with the memory')
    .option('--kernel-memory-tcp <bytes>', 'accepted; cgroup v2 counts it with the memory')
    .option('--l3-cache-schema <schema>', 'accepted; without meaning in a VM')
    .option('--mem-bw-schema <schema>', 'accepted; without meaning in a VM')
    .action((id: string, options) =>
      run(
        'update',
        import('../commands/update.ts').then((module) => module.update(context(), id, options)),
      ),
    );
  program
    .command('logs')
    .description(
      "print what shim, QEMU, virtiofsd, the guest's kernel and agent said, by time; kept until deletion",
    )
    .argument('<id>', 'container id')
    .option(
      '-s, --source <source>',
      `only this: ${LOG_SOURCES.join(', ')}; may be given again`,
      collectSource,
      [],
    )
    .option('--apart', 'one source after the other', false)
    .option('-f, --follow', 'go on until the container stops', false)
    .action((id: string, options) =>
      run(
        'logs',
        import('../commands/logs.ts').then((module) => module.logs(context(), id, options)),
      ),
    );
  const iptables = program
    .command('iptables')
    .description("show or set the packet filter of a container's VM");
  iptables
    .command('get')
    .description('print its rules, as iptables-save does')
    .argument('<id>', 'container id')
    .option('--v6', 'those of IPv6', false)
    .action((id: string, options) =>
      run(
        'iptables get',
        import('../commands/iptables.ts').then((module) => module.iptablesGet(context(), id, options)),
      ),
    );
  iptables
    .command('set')
    .description('take the tables in a file, as iptables-restore does')
    .argument('<id>', 'container id')
    .argument('<file>', 'rules, as iptables-save prints them; - for stdin')
    .option('--v6', 'for IPv6', false)
    .action((id: string, file: string, options) =>
      run(
        'iptables set',
        import('../commands/iptables.ts').then((module) => module.iptablesSet(context(), id, file, options)),
      ),
    );
  program
    .command('console')
    .description("open a shell of a container's VM itself, where debug_console_enabled = true; Ctrl-] leaves")
    .argument('<id>', 'container id')
    .action((id: string) =>
      run(
        'console',
        import('../commands/console.ts').then((module) => module.debugConsole(context(), id)),
      ),
    );
  program
    .command('metrics')
    .description("print what the kernel and the agent of a container's VM count, as Prometheus' text")
    .argument('<id>', 'container id')
    .action((id: string) =>
      run(
        'metrics',
        import('../commands/metrics.ts').then((module) => module.metrics(context(), id)),
      ),
    );
  program
    .command('events')
    .description("print a container's figures at intervals, and when it ran out of memory, as JSON lines")
    .argument('<id>', 'container id')
    .option('--interval <duration>', 'time between figures', '5s')
    .option('--stats', 'print the figures once and leave', false)
    .action((id: string, options) =>
      run(
        'events',
        import('../commands/events.ts').then((module) => module.events(context(), id, options)),
      ),
    );
  program
    .command('stats')
    .description("print a container's figures once, as events --stats does")
    .argument('<id>', 'container id')
    .action((id: string) =>
      run(
        'stats',
        import('../commands/events.ts').then((module) =>
          module.events(context(), id, { stats: true, interval: '5s' }),
        ),
      ),
    );
  program
    .command('overhead')
    .alias('kata-overhead')
    .description('print what sandboxes cost the host beyond what their containers use, as JSON lines')
    .argument('<id...>', 'ids of sandboxes; the first failure ends it')
    .action((ids: string[]) =>
      run(
        'overhead',
        import('../commands/overhead.ts').then((module) =>
          oneByOne(ids, (id) => module.overhead(context(), id)),
        ),
      ),
    );
}

function collectSource(value: string, previous: readonly LogSource[]): readonly LogSource[] {
  const source = LOG_SOURCES.find((each) => each === value);
  if (source !== undefined) return [...previous, source];
  throw new CliError('usage', `--source ${JSON.stringify(value)} must be one of ${LOG_SOURCES.join(', ')}`, {
    facts: {},
  });
}
