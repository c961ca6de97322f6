/** One thing that a test run does. Steps run in order; a failed one does not keep later ones from running. */
export interface Step {
  readonly title: string;
  readonly command: readonly [program: string, ...args: string[]];
  /** Set for a vitest run: its tests are counted from the report that it writes under this name. */
  readonly report?: string;
  /** Boots virtual machines: left out without them, or, where it is a list, run with these further arguments. */
  readonly needsVm?: boolean | readonly string[];
}

const nx = (...targets: readonly string[]): Step['command'] => [
  'nx',
  'run-many',
  '--output-style=stream',
  '-t',
  ...targets,
];

const vitest = (folder: string): Step['command'] => ['vitest', 'run', '--root', folder];

export const steps: readonly Step[] = [
  { title: 'format and lint', command: ['biome', 'check', '.'] },
  { title: 'type-aware lint', command: ['oxlint', '--type-aware', '.'] },
  {
    title: 'shell scripts',
    command: [
      'shellcheck',
      '--check-sourced',
      '.ci/run',
      'tools/test',
      'tools/quickstart',
      'tools/install',
      'tools/deploy/build-image',
      'tools/deploy/node-install',
    ],
  },
  { title: 'build and typecheck', command: nx('build', 'typecheck') },
  { title: 'executables', command: nx('bundle') },
  // Builds the guest, which the packages' own tests boot, and runs a first container, as a newcomer does.
  { title: 'quickstart', command: ['tools/quickstart', '--yes'], needsVm: true },
  {
    title: 'unit and integration tests',
    command: vitest('.'),
    report: 'unit',
    needsVm: ['--exclude=**/*.vm.test.ts'],
  },
  {
    title: 'layer 0 in a browser',
    // Its configuration roots it in packages/, where the tests are.
    command: ['vitest', 'run', '--config', 'tools/browser-tests/vitest.config.ts'],
    report: 'browser',
  },
  { title: 'workspace checks', command: vitest('tools/workspace-checks'), report: 'workspace' },
  {
    title: 'guest agent in a virtual machine',
    command: vitest('packages/guest-agent/test/vm'),
    report: 'guest-agent-vm',
    needsVm: true,
  },
  { title: 'end-to-end tests', command: vitest('tools/e2e'), report: 'e2e', needsVm: true },
];

/** Those steps, and what of them, that need no virtual machine. */
export function withoutVm(all: readonly Step[]): readonly Step[] {
  return all.flatMap(({ needsVm = false, ...step }) => {
    if (needsVm === true) return [];
    return needsVm === false ? [step] : [{ ...step, command: [...step.command, ...needsVm] as const }];
  });
}
