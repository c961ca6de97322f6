import { randomBytes } from 'node:crypto';
import type { AgentClient } from '@hako/agent-client';

const ENTROPY_BYTES = 512;

/**
 * Gives a copy of a template what must not be the same in two machines: entropy, before anything in it asks for random numbers, and
 * the time of day, which stood still.
 */
export async function freshGuest(agent: AgentClient, nowMs: number = Date.now()): Promise<void> {
  await Promise.all([
    agent.reseedRandomDev({ data: randomBytes(ENTROPY_BYTES) }),
    agent.setGuestDateTime({
      Sec: BigInt(Math.floor(nowMs / 1000)),
      Usec: BigInt(Math.floor((nowMs % 1000) * 1000)),
    }),
  ]);
}
