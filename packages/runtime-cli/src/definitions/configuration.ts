import type { Command } from 'commander';
import type { GlobalOptions } from '../global-options.ts';
import { collect } from './collect.ts';
import type { Run } from './container.ts';

/** `explain`, and `config` with its subcommands. Each command's code is loaded when it runs. */
export function defineConfigurationCommands(program: Command, globals: () => GlobalOptions, run: Run): void {
  program
    .command('explain')
    .description('say what VM a bundle, config.json or pod would get, and why; starts nothing')
    .argument('<target>', 'bundle folder, config.json, or Kubernetes manifest (YAML, JSON); - is stdin')
    .option('-a, --annotation <annotation=value>', 'annotation to add; may be given again', collect, [])
    .option('--diff', 'only what differs from the built-in defaults', false)
    .option('--json', 'print JSON', false)
    .option('--id <name>', 'container id to explain with', 'ID')
    .action((target: string, options) =>
      run(
        'explain',
        import('../commands/explain.ts').then((module) => module.explain(globals(), target, options)),
      ),
    );
  const config = program.command('config').description('show, check or begin a configuration.toml');
  config
    .command('show')
    .description('print the effective configuration as a configuration.toml that loads to the same')
    .argument('[key...]', 'only these keys or tables')
    .option('--origin', 'add where each value came from', false)
    .option('--json', 'print JSON, with origins, defaults and meanings', false)
    .action((keys: string[], options) =>
      run(
        'config show',
        import('../commands/config-show.ts').then((module) => module.configShow(globals(), keys, options)),
      ),
    );
  config
    .command('check')
    .description('print every problem of configuration files; status 1 if one cannot be used')
    .argument('[file...]', 'each with the drop-ins of the config.d beside it; default: the one that counts')
    .option('--lenient', 'unknown keys are warnings', false)
    .option('--json', 'print JSON', false)
    .action((files: string[], options) =>
      run(
        'config check',
        import('../commands/config-check.ts').then((module) => module.configCheck(globals(), files, options)),
      ),
    );
  config
    .command('init')
    .description('write a configuration.toml with every key explained and commented out')
    .argument('[file]', 'where to; - is stdout', 'configuration.toml')
    .action((file: string) =>
      run(
        'config init',
        import('../commands/config-init.ts').then((module) => module.configInit(file)),
      ),
    );
}
