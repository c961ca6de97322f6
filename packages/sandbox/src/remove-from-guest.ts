import type { AgentClient } from '@hako/agent-client';
import { guestAnswers } from './guest-answers.ts';
import { guestRefused } from './guest-refused.ts';

/** How long the guest may take to end what is left of the container. */
const END_TIMEOUT_SEC = 10;

/**
 * Removes a container from the guest. False where that hangs: it keeps what it has to the end of its machine, and nobody waits for it.
 *
 * @param isEnding whether the machine ends: it takes the container along
 * @throws SandboxError `guest-refused`
 */
export async function removeFromGuest(
  agent: AgentClient,
  id: string,
  isEnding: () => boolean,
): Promise<boolean> {
  const request = { containerId: id, timeout: END_TIMEOUT_SEC };
  const removed = guestRefused(agent.removeContainer(request), 'delete', id).catch((error: unknown) => {
    if (!isEnding()) throw error;
  });
  removed.catch(() => {});
  if (!(await guestAnswers(agent, removed))) return false;
  await removed;
  return true;
}
