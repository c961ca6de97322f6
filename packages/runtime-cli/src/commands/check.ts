import { hostFacts, loadConfiguration } from '@hako/admission/translation';
import { formatProblem } from '@hako/errors';
import { QemuHypervisor } from '@hako/hypervisor-qemu';
import { bindMountProblems } from '@hako/oci-translate';
import { CliError } from '../cli-error.ts';
import type { GlobalOptions } from '../global-options.ts';
import { print } from '../output.ts';

/** Arguments of `check`. */
export interface CheckOptions {
  readonly json: boolean;
}

/** Says whether this host can run VMs with the effective configuration, and everything that is missing if not. */
export async function check(options: GlobalOptions, { json }: CheckOptions): Promise<number> {
  const { config, origins, files, problems: configurationProblems } = loadConfiguration(options);
  const hypervisor = new QemuHypervisor();
  const problems = [
    ...configurationProblems,
    ...bindMountProblems(config, origins, hostFacts().canonicalPath),
    ...(await hypervisor.check(config.hypervisor)),
  ];
  const failed = problems.some(({ severity }) => severity === 'error');
  if (json) {
    print(`${JSON.stringify({ ok: !failed, configuration: files[0] ?? null, problems }, null, 2)}\n`);
    return failed ? 1 : 0;
  }
  for (const problem of problems) print(`${problem.severity}: ${formatProblem(problem)}\n`);
  if (failed)
    throw new CliError('host-not-ready', 'this host cannot run VMs yet: see above', { facts: { problems } });
  print('this host can run hako VMs\n');
  return 0;
}
