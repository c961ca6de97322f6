import { setTimeout as delay } from 'node:timers/promises';
import type { AgentClient } from '@hako/agent-client';
import type { VirtualMachine } from '@hako/hypervisor';

/** How long a machine whose agent is gone may take to end by itself. */
const LAST_WORDS_MS = 2000;

/**
 * Without its agent a machine is of no use to anyone. As a rule the connection breaks because the machine is ending,
 * which then says why; `because` is told the connection's words where it does not.
 */
export async function endWithAgent(
  machine: VirtualMachine,
  agent: AgentClient,
  because: (why: string) => void,
): Promise<void> {
  const { message } = await agent.closed;
  const grace = new AbortController();
  const late = delay(LAST_WORDS_MS, 'late', { signal: grace.signal }).catch(() => 'cut');
  const first = await Promise.race([machine.exited.then(() => 'exited'), late]);
  grace.abort();
  if (first !== 'late') return;
  because(message);
  await machine.stop();
}
