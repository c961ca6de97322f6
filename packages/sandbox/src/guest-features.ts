import type { AgentClient } from '@hako/agent-client';

const answers = new WeakMap<AgentClient, Promise<readonly string[]>>();

/** What an agent says that it can do beyond the protocol (`agent_details.extra_features`). It is asked once. */
export function guestFeatures(agent: AgentClient): Promise<readonly string[]> {
  let answer = answers.get(agent);
  if (answer === undefined) {
    answer = agent.getGuestDetails({}).then(({ agentDetails }) => agentDetails?.extraFeatures ?? []);
    answers.set(agent, answer);
  }
  return answer;
}
