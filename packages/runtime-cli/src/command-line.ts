import { Command, CommanderError, Option } from 'commander';
import { versionText } from './commands/version.ts';
import { makeContext } from './context.ts';
import { append, collect } from './definitions/collect.ts';
import { defineConfigurationCommands } from './definitions/configuration.ts';
import { defineContainerCommands, type Run } from './definitions/container.ts';
import { defineVolumeCommands } from './definitions/direct-volume.ts';
import { defineHostCommands } from './definitions/host.ts';
import { execCgroupOption, preserveFdsOption } from './definitions/host-only.ts';
import { idsOf, oneByOne } from './each-container.ts';
import { failureStatus } from './exit-status.ts';
import { GLOBAL_DEFAULTS, type GlobalOptions } from './global-options.ts';
import { print, printError } from './output.ts';
import { logError, reportError } from './report-error.ts';

/**
 * The OCI command line. Each command's code is loaded when it runs. Returns the exit status; errors have been told
 * on stderr and in `--log` by then.
 */
export async function commandLine(argv: readonly string[]): Promise<number> {
  let status = 0;
  let command = '';
  const program = buildProgram((name, result) => {
    command = name;
    return result.then((value) => {
      status = value;
    });
  });
  // A flag's value is refused before the command's own code runs.
  program.hook('preSubcommand', (_program, subcommand) => {
    command = subcommand.name();
  });
  try {
    if (argv.some((word) => /^--(kata-)?show-default-config-paths$/.test(word))) {
      return await (await import('./commands/config-paths.ts')).configPaths();
    }
    await program.parseAsync([...argv], { from: 'user' });
    return status;
  } catch (error) {
    // commander has printed its help or its complaint itself.
    if (error instanceof CommanderError) {
      if (error.exitCode !== 0) logError(error.message.replace(/^error: /, ''), globalsOf(program));
      return error.exitCode;
    }
    reportError(error, globalsOf(program));
    return failureStatus(command);
  }
}

/** The definitions of all commands; `run` is handed what a command does. */
export function buildProgram(run: Run): Command {
  const program = new Command('hako')
    .description('Runs OCI containers inside lightweight virtual machines.')
    .version(versionText().trimEnd(), '-v, --version', 'print the version')
    .configureOutput({ writeOut: print, writeErr: printError })
    .exitOverride()
    .enablePositionalOptions()
    .showHelpAfterError()
    .option('--root <dir>', 'state root', GLOBAL_DEFAULTS.root)
    .option('--log <file>', 'append errors to this file')
    .addOption(
      new Option('--log-format <format>', 'form of the log').choices(['text', 'json']).default('text'),
    )
    .option('--debug', 'more detail in errors and in the shim log', false)
    .option('--criu <path>', 'accepted; hako does not checkpoint')
    .option('--kata-config <file>', 'the same as --config')
    .option('--show-default-config-paths', 'print where a configuration is looked for, and leave')
    .option('--kata-show-default-config-paths', 'the same')
    .option(
      '--config <file>',
      'configuration.toml to use (default: that of HAKO_CONF_FILE or KATA_CONF_FILE, else the first that exists)',
    )
    .option('--lenient', 'unknown keys of the configuration are warnings', false)
    .option('--systemd-cgroup', 'cgroupsPath has the form slice:prefix:name', false)
    .addOption(
      new Option('--cgroup-manager <manager>', "who manages the host's cgroup of the sandbox")
        .choices(['cgroupfs', 'systemd', 'disabled'])
        .default(GLOBAL_DEFAULTS.cgroupManager),
    )
    .addOption(
      new Option('--rootless <mode>', 'accepted for runc callers; no effect').choices([
        'true',
        'false',
        'auto',
      ]),
    );

  const context = () => makeContext(globalsOf(program));
  const bundleOption = ['-b, --bundle <dir>', 'bundle folder, with config.json', '.'] as const;
  const consoleSocketOption = [
    '--console-socket <socket>',
    'Unix socket that gets the terminal of a process that stays behind',
  ] as const;
  const consoleOption = [
    '--console <terminal>',
    'the same, where it is there already: the path of its slave side',
  ] as const;
  const specOption = [
    '-f, --config <file>',
    "config.json to use in place of the bundle's; a configuration.toml is named before the command",
  ] as const;
  const pidFileOption = [
    '--pid-file <file>',
    'file that gets the pid which stands for the container',
  ] as const;

  program
    .command('run')
    .description('create and start a container, wait for it, delete it; exits with its status')
    .argument('<id>', 'container id')
    .option(...bundleOption)
    .option(...pidFileOption)
    .option('-t, --tty', 'give the process a terminal, whatever config.json says', false)
    .option('-i, --interactive', 'accepted; stdin is always passed on')
    .option(...consoleSocketOption)
    .option(...consoleOption)
    .option(...specOption)
    .option('--timings <file>', 'write how long each phase took, as JSON')
    .option('-d, --detach', 'return once it runs; it is not deleted at its end', false)
    .option('--keep', 'do not delete it at its end', false)
    .option('--no-pivot', 'accepted; the guest always pivots')
    .option('--no-new-keyring', 'accepted; the guest has keyrings of its own')
    .option('--no-subreaper', 'accepted; without meaning in a VM')
    .addOption(preserveFdsOption())
    .action((id: string, options) =>
      run(
        'run',
        import('./commands/run.ts').then((module) => module.run(context(), id, options)),
      ),
    );
  program
    .command('create')
    .description('create a container: its VM runs, its process does not yet')
    .argument('<id>', 'container id')
    .option(...bundleOption)
    .option(...pidFileOption)
    .option(...consoleSocketOption)
    .option(...consoleOption)
    .option(...specOption)
    .option('--no-pivot', 'accepted; the guest always pivots')
    .option('--no-new-keyring', 'accepted; the guest has keyrings of its own')
    .option('--no-subreaper', 'accepted; without meaning in a VM')
    .addOption(preserveFdsOption())
    .action((id: string, options) =>
      run(
        'create',
        import('./commands/create.ts').then((module) => module.create(context(), id, options)),
      ),
    );
  program
    .command('start')
    .description('start the processes of created containers')
    .argument('<id...>', 'container ids; the first failure ends it')
    .action((ids: string[]) =>
      run(
        'start',
        import('./commands/start.ts').then((module) => oneByOne(ids, (id) => module.start(context(), id))),
      ),
    );
  program
    .command('state')
    .description('print the state of a container as JSON')
    .argument('<id>', 'container id')
    .action((id: string) =>
      run(
        'state',
        import('./commands/state.ts').then((module) => module.state(context(), id)),
      ),
    );
  program
    .command('kill')
    .description('send a signal to a container')
    .argument('<id>', 'container id')
    .argument('[signal]', 'name or number; 0: is there a process', 'TERM')
    .option('-a, --all', 'to every process of the container; one that has stopped is fine', false)
    .option('-r, --regex', 'the id is a regular expression', false)
    .action((id: string, signal: string, { regex, ...options }) =>
      run(
        'kill',
        import('./commands/kill.ts').then((module) =>
          oneByOne(idsOf(context().store, id, regex), (each) =>
            module.kill(context(), each, signal, options),
          ),
        ),
      ),
    );
  program
    .command('delete')
    .description('delete stopped containers and all that was made for them')
    .argument('<id...>', 'container ids; the first failure ends it')
    .option('-f, --force', 'kill first; an unknown id is fine', false)
    .option('-r, --regex', 'the ids are regular expressions', false)
    .action((ids: string[], { regex, ...options }) =>
      run(
        'delete',
        import('./commands/delete.ts').then((module) =>
          oneByOne(
            ids.flatMap((id) => idsOf(context().store, id, regex)),
            (id) => module.deleteContainer(context(), id, options),
          ),
        ),
      ),
    );
  program
    .command('exec')
    .description('run a further process in a running container; exits with its status')
    .argument('<id>', 'container id')
    .argument('[command...]', 'command and its arguments')
    .passThroughOptions()
    .option('-p, --process <file>', 'OCI process as JSON; other options are ignored')
    .option('-d, --detach', 'return as soon as it runs', false)
    .option('-t, --tty', 'give it a terminal: yours, or with --detach that of --console-socket', false)
    .option('-i, --interactive', 'accepted; stdin is always passed on')
    .option(...consoleSocketOption)
    .option(...consoleOption)
    .option(...pidFileOption)
    .option('--cwd <dir>', 'working directory')
    .option('-e, --env <KEY=VALUE>', 'environment variable; may be given again', collect, [])
    .option('-u, --user <uid[:gid]>', 'user')
    .option('-g, --additional-gids <gid>', 'further group; may be given again', append, [])
    .option('-c, --cap <name>', 'capability to add; may be given again', append, [])
    .option('--no-new-privs', 'the process and its children gain no privileges')
    .addOption(preserveFdsOption())
    .option('--apparmor <profile>', 'accepted; without meaning in a VM')
    .addOption(execCgroupOption())
    .option('--process-label <label>', 'accepted; without meaning in a VM')
    .option('--ignore-paused', 'accepted; in a paused container nothing can be started')
    .option('--no-subreaper', 'accepted; without meaning in a VM')
    .action((id: string, words: string[], { process: processFile, ...options }) =>
      run(
        'exec',
        import('./commands/exec.ts').then((module) =>
          module.exec(context(), id, words, { ...options, processFile }),
        ),
      ),
    );
  program
    .command('list')
    .description('list containers')
    .addOption(
      new Option('-f, --format <format>', 'form of the list').choices(['table', 'json']).default('table'),
    )
    .option('-q, --quiet', 'only ids', false)
    .option('--kata-all', 'also hypervisor, kernel and image of each', false)
    .action((options) =>
      run(
        'list',
        import('./commands/list.ts').then((module) => module.list(context(), options)),
      ),
    );
  defineContainerCommands(program, context, run);
  defineVolumeCommands(program, context, run);
  defineHostCommands(program, () => globalsOf(program), run);
  program
    .command('spec')
    .description('write a starter config.json')
    .option(...bundleOption)
    .option('-f, --file <file>', "where to, in place of the bundle's config.json")
    .option('--rootless', 'accepted; in a VM the container has a root of its own')
    .action(({ bundle, file }: { bundle: string; file?: string }) =>
      run(
        'spec',
        import('./commands/spec.ts').then((module) => module.spec(bundle, file)),
      ),
    );
  program
    .command('check')
    .alias('kata-check')
    .description('say whether this host can run VMs, and what is missing if not')
    .option('--json', 'print JSON', false)
    .option('-v, --verbose', 'accepted; all that is found is told')
    .option('-s, --strict', 'accepted; what a VM needs is always an error')
    .option('-n, --no-network-checks', 'accepted; nothing is asked of a network')
    .action((options) =>
      run(
        'check',
        import('./commands/check.ts').then((module) => module.check(globalsOf(program), options)),
      ),
    );
  defineConfigurationCommands(program, () => globalsOf(program), run);
  program
    .command('features')
    .description('print what config.json may use, as JSON (OCI features)')
    .action(() =>
      run(
        'features',
        import('./commands/features.ts').then((module) => module.features()),
      ),
    );
  program
    .command('version')
    .description('print the version')
    .action(() => {
      print(versionText());
    });
  return program;
}

function globalsOf(program: Command): GlobalOptions {
  const { kataConfig, ...options } = program.opts<GlobalOptions & { readonly kataConfig?: string }>();
  return kataConfig === undefined ? options : { config: kataConfig, ...options };
}
