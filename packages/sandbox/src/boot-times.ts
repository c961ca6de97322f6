import type { AgentClient } from '@hako/agent-client';
import { guestFeatures } from './guest-features.ts';

/** How a guest's boot divides, as it says itself. */
export interface BootTimes {
  /** Firmware, kernel and stage 1: until the agent's process began. */
  readonly kernelMs: number;
  /** From there until the agent's first answer. */
  readonly agentMs: number;
}

/**
 * Divides `bootMs`, measured on the host, by the guest's own clock: hako's agent tells when its process began and when
 * it could answer. Undefined for an agent that does not tell, or tells what cannot be.
 */
export async function bootTimes(agent: AgentClient, bootMs: number): Promise<BootTimes | undefined> {
  const features = await guestFeatures(agent);
  const startMs = feature(features, 'hako.boot.agent_start_ms');
  const readyMs = feature(features, 'hako.boot.agent_ready_ms');
  const agentMs = readyMs - startMs;
  if (!(agentMs >= 0 && agentMs <= bootMs)) return undefined;
  return { kernelMs: bootMs - agentMs, agentMs };
}

function feature(features: readonly string[], name: string): number {
  const text = features.find((entry) => entry.startsWith(`${name}=`))?.slice(name.length + 1) ?? '';
  return /^[0-9]{1,9}(\.[0-9]{1,6})?$/.test(text) ? Number(text) : Number.NaN;
}
