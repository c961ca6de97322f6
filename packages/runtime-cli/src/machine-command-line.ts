import type { Problem } from '@hako/errors';
import { checkHost, expectedAccelerator, qemuCommandLine } from '@hako/hypervisor-qemu';
import type { CommandLine, ContainerConfig, SandboxConfig } from '@hako/oci-translate';
import {
  coldDisks,
  hasColdDisks,
  machineFor,
  planDisks,
  planHostDevices,
  planNamedDevices,
  SandboxError,
  StateStore,
  vmConfig,
  withColdDisks,
} from '@hako/sandbox/state';

/** What would be started for a sandbox, and what of this host stands in its way. */
export interface MachineExplanation {
  readonly commandLine: CommandLine;
  readonly problems: readonly Problem[];
}

/**
 * The command line of a sandbox's QEMU, by the functions that a shim starts it with. Starts and makes nothing: where
 * only a probe could tell the accelerator, a note says so.
 *
 * @param container the one that starts the machine
 * @param stateRoot where the sandbox would have its state
 */
export async function explainMachine(
  sandbox: SandboxConfig,
  container: ContainerConfig,
  stateRoot: string,
): Promise<MachineExplanation> {
  const plain = vmConfig(sandbox, new StateStore(stateRoot).sandbox(sandbox.id));
  const { vm, problems: deviceProblems } = withOwnDevices(plain, container, sandbox);
  const [expected, problems] = await Promise.all([
    expectedAccelerator(sandbox.hypervisor),
    checkHost(sandbox.hypervisor),
  ]);
  const accelerator = expected.accelerator ?? 'kvm';
  const { program, arguments: args, kernel, devices } = await qemuCommandLine(vm, accelerator);
  return {
    commandLine: {
      arguments: [program, ...args],
      kernel,
      devices,
      notes: [
        `accelerator ${expected.accelerator ?? 'kvm, if that works'}: ${expected.reason}`,
        ...(expected.accelerator === 'tcg-single'
          ? [
              'tcg-single: one thread runs all vCPUs, as a guest with several may hang under a QEMU before 8.1',
            ]
          : []),
        'fd=3 and fd=4 are sockets that QEMU is started with',
      ],
    },
    problems: [...deviceProblems, ...problems],
  };
}

/** The machine with what the container needs for devices of the host and disks that are there from the start, or why it cannot have them. */
function withOwnDevices(
  plain: ReturnType<typeof vmConfig>,
  container: ContainerConfig,
  sandbox: SandboxConfig,
): { readonly vm: ReturnType<typeof vmConfig>; readonly problems: readonly Problem[] } {
  try {
    const { hypervisor } = sandbox;
    const disks = hasColdDisks(hypervisor) ? planDisks(container, hypervisor) : [];
    const devices = [...planNamedDevices(sandbox), ...planHostDevices(container, sandbox)];
    const vm = machineFor(plain, devices);
    return { vm: withColdDisks(vm, coldDisks(disks, hypervisor)), problems: [] };
  } catch (error) {
    if (!(error instanceof SandboxError)) throw error;
    const { code, message } = error;
    const problem: Problem = {
      severity: 'error',
      code: `sandbox/${code}`,
      field: 'linux.devices',
      rule: message,
    };
    return { vm: plain, problems: [problem] };
  }
}
