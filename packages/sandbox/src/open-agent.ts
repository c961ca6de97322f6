import { type AgentClient, connectAgent } from '@hako/agent-client';
import type { VirtualMachine } from '@hako/hypervisor';
import { bootFailure } from './boot-failure.ts';
import { bootTimes } from './boot-times.ts';
import type { Timings } from './timings.ts';

/** How to reach the agent of a machine that boots. */
export interface OpenAgentOptions {
  /** How long the guest may take to boot. */
  readonly dialTimeoutMs: number;
  /** Aborted when the machine has ended. */
  readonly signal: AbortSignal;
  readonly timings: Timings;
  /** What the wait is called in `timings`. Default `guest boot`. */
  readonly phase?: string;
  /** Asks the guest how its boot divides. */
  readonly measureGuest: boolean;
  readonly log: (message: string) => void;
}

/**
 * Waits until the agent of a machine answers, and notes how long that took.
 *
 * @throws SandboxError `boot-failed` with what the machine said last
 */
export async function openAgent(
  machine: VirtualMachine,
  { dialTimeoutMs, signal, timings, phase = 'guest boot', measureGuest, log }: OpenAgentOptions,
): Promise<AgentClient> {
  const startMs = performance.now();
  let agent: AgentClient;
  try {
    agent = await connectAgent(machine.agentChannel, { timeoutMs: dialTimeoutMs, signal });
  } catch (error) {
    throw await bootFailure(machine, dialTimeoutMs, error);
  }
  const bootMs = performance.now() - startMs;
  log(`guest agent answered after ${Math.round(bootMs)} ms`);
  const times = measureGuest ? await bootTimes(agent, bootMs) : undefined;
  if (times === undefined) {
    timings.add(phase, bootMs);
  } else {
    timings.add('kernel', times.kernelMs);
    timings.add('guest agent', times.agentMs);
  }
  return agent;
}
