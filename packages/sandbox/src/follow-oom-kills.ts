import type { AgentClient } from '@hako/agent-client';

/** Tells of each container in which the guest's kernel killed, until the connection ends. */
export async function followOomKills(
  agent: AgentClient,
  killed: (containerId: string) => void,
): Promise<void> {
  try {
    for (;;) killed((await agent.getOOMEvent({})).containerId);
  } catch {
    // What ends the connection is seen elsewhere; an agent may also not tell at all.
  }
}
