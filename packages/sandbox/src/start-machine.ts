import type { AgentClient } from '@hako/agent-client';
import type { Hypervisor, LaunchOptions, VirtualMachine, VmConfig } from '@hako/hypervisor';
import { type OpenAgentOptions, openAgent } from './open-agent.ts';
import { freshGuest } from './templates/fresh-guest.ts';
import type { SandboxTemplates } from './templates/sandbox-templates.ts';

/** A copy of a template answers within milliseconds, or never. */
const COPY_TIMEOUT_MS = 20_000;

export interface StartMachineOptions extends Omit<OpenAgentOptions, 'signal'> {
  readonly hypervisor: Pick<Hypervisor, 'launch'>;
  /** Its signal: nobody wants the machine any more. */
  readonly launch: LaunchOptions;
  /** Called with each machine that runs, until the next one does. */
  readonly launched: (machine: VirtualMachine) => void;
  /** A machine that runs already; its devices are still to come. */
  readonly ready?: StartedMachine | undefined;
  /** Default: machines boot. */
  readonly templates?: SandboxTemplates | undefined;
}

export interface StartedMachine {
  readonly machine: VirtualMachine;
  readonly agent: AgentClient;
}

/**
 * A machine whose agent answers: the one that is ready, a copy of a template, or one that has booted where there is no template, or none that can be used.
 * Rejects with no machine left.
 *
 * @throws what the launch throws; SandboxError `boot-failed`
 */
export async function startMachine(vm: VmConfig, options: StartMachineOptions): Promise<StartedMachine> {
  const { templates, launch, ready } = options;
  if (ready !== undefined) {
    options.launched(ready.machine);
    await stoppedOnFailure(ready.machine, async () => {
      for (const device of vm.devices ?? []) await ready.machine.plug(device);
    });
    return ready;
  }
  const template = await templates?.find(vm);
  if (template !== undefined) {
    try {
      const clone: VmConfig = { ...vm, template: { role: 'clone', files: template.files } };
      const dialTimeoutMs = Math.min(options.dialTimeoutMs, COPY_TIMEOUT_MS);
      const phase = 'copy of a template';
      const copy = await start(clone, { ...options, dialTimeoutMs, phase, measureGuest: false });
      await stoppedOnFailure(copy.machine, () => freshGuest(copy.agent));
      return copy;
    } catch (error) {
      if (launch.signal?.aborted === true) throw error;
      templates?.broken(template, error);
    }
  }
  const started = await start(vm, options);
  templates?.booted();
  return started;
}

async function start(vm: VmConfig, options: StartMachineOptions): Promise<StartedMachine> {
  const machine = await options.hypervisor.launch(vm, options.launch);
  options.launched(machine);
  options.log(`machine runs as pid ${machine.vmmPid}, accelerator ${machine.accelerator}`);
  const connecting = new AbortController();
  void machine.exited.then(() => connecting.abort());
  const agent = await stoppedOnFailure(machine, () =>
    openAgent(machine, { ...options, signal: connecting.signal }),
  );
  return { machine, agent };
}

async function stoppedOnFailure<T>(machine: VirtualMachine, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    await machine.stop();
    throw error;
  }
}
