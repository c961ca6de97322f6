import type { Command } from 'commander';
import type { GlobalOptions } from '../global-options.ts';
import type { Run } from './container.ts';

const NOT_FROZEN = 'a container in a VM cannot be frozen to files';

/** Commands of other runtimes, and why hako has none. */
const UNSUPPORTED: readonly (readonly [name: string, why: string])[] = [
  ['checkpoint', NOT_FROZEN],
  ['restore', NOT_FROZEN],
  [
    'kata-network',
    "a VM's cards, addresses and routes follow the network namespace of its container: change that, with ip",
  ],
];

/** Commands about the host and the guest that it would start. */
export function defineHostCommands(program: Command, globals: () => GlobalOptions, run: Run): void {
  program
    .command('env')
    .aliases(['kata-env'])
    .description('print the settings that count: runtime, hypervisor, kernel, image, host')
    .option('--json', 'print JSON in place of TOML', false)
    .action((options) =>
      run(
        'env',
        import('../commands/env.ts').then((module) => module.env(globals(), options)),
      ),
    );
  const image = program.command('image').description('show or check the guest that VMs boot');
  image
    .command('show', { isDefault: true })
    .description('print what the guest is made of, from its manifest')
    .option('--json', 'print JSON', false)
    .action((options) =>
      run(
        'image show',
        import('../commands/image.ts').then((module) => module.imageShow(globals(), options)),
      ),
    );
  image
    .command('check')
    .description('compare the guest with what was built; status 1 if it differs')
    .action(() =>
      run(
        'image check',
        import('../commands/image.ts').then((module) => module.imageCheck(globals())),
      ),
    );

  defineFactoryCommands(program, globals, run);

  for (const [name, why] of UNSUPPORTED) {
    program
      .command(name)
      .description(`not supported: ${why}`)
      .argument('[id]', 'container id')
      .allowUnknownOption()
      .allowExcessArguments()
      .action(() =>
        run(
          name,
          import('../commands/unsupported.ts').then((module) => module.unsupported(name, why)),
        ),
      );
  }
}

function defineFactoryCommands(program: Command, globals: () => GlobalOptions, run: Run): void {
  const load = () => import('../commands/factory.ts');
  const factory = program
    .command('factory')
    .description('make, show or remove what machines are started from in advance');
  factory
    .command('init')
    .description(
      'make the template of the configuration that counts; keep machines ready, with vm_cache_number, until ended',
    )
    .action(() =>
      run(
        'factory init',
        load().then((module) => module.factoryInit(globals())),
      ),
    );
  factory
    .command('status')
    .description('print what templates there are, whether one is being made, and what machines are ready')
    .option('--json', 'print JSON', false)
    .action((options) =>
      run(
        'factory status',
        load().then((module) => module.factoryStatus(globals(), options)),
      ),
    );
  factory
    .command('destroy')
    .description('remove all templates and machines that are ready; sandboxes that have one go on')
    .action(() =>
      run(
        'factory destroy',
        load().then((module) => module.factoryDestroy(globals())),
      ),
    );
}
