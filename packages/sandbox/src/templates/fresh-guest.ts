import { randomBytes } from 'node:crypto';
import type { AgentClient } from '@hako/agent-client';

const ENTROPY_BYTES = 512;
/** Whoever does not answer by then is given up, and a machine boots in its place. */
const TIMEOUT_MS = 20_000;

/**
 * Gives a copy of a template, or a machine that has waited, what must not be the same in two machines: entropy, before anything in it asks for random numbers, and
 * the time of day, which stood still.
 */
export async function freshGuest(agent: AgentClient, nowMs: number = Date.now()): Promise<void> {
  const limit = { timeoutMs: TIMEOUT_MS };
  await Promise.all([
    agent.reseedRandomDev({ data: randomBytes(ENTROPY_BYTES) }, limit),
    agent.setGuestDateTime(
      { Sec: BigInt(Math.floor(nowMs / 1000)), Usec: BigInt(Math.floor((nowMs % 1000) * 1000)) },
      limit,
    ),
  ]);
}
