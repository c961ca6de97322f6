import type { OverrideFamily } from '@hako/annotations';
import type { RuntimeConfig } from '@hako/config';
import { agentOverrides } from './agent-overrides.ts';

/** `io.katacontainers.config.agent.*`; they count only where the agent is Kata's or hako's own. */
export const agentFamily: OverrideFamily<RuntimeConfig> = {
  name: 'agent',
  overrides: agentOverrides,
  appliesTo: ({ runtime }) => runtime.agentName === 'kata',
};
