import { type AgentClient, AgentError } from '@hako/agent-client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { removeFromGuest } from './remove-from-guest.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const agentWith = (removeContainer: () => Promise<object>, check: () => Promise<object>): AgentClient =>
  ({ removeContainer, check }) as unknown as AgentClient;
const silent = (): Promise<never> => new Promise(() => {});
const failing = async (): Promise<never> => {
  throw new Error('busy');
};

async function settled(removed: Promise<boolean>): Promise<boolean> {
  removed.catch(() => {});
  await vi.runAllTimersAsync();
  return removed;
}

test('a container is removed, or the guest says why not', async () => {
  const answers = async () => ({});
  expect(await settled(removeFromGuest(agentWith(answers, silent), 'c', () => false))).toBe(true);
  const refused = removeFromGuest(agentWith(failing, silent), 'c', () => false);
  await expect(settled(refused)).rejects.toMatchObject({
    code: 'guest-refused',
    message: expect.stringContaining('busy'),
  });
});

test('a machine that ends takes it along, whatever is answered', async () => {
  expect(await settled(removeFromGuest(agentWith(failing, silent), 'c', () => true))).toBe(true);
});

test('a guest that hangs is not waited for', async () => {
  // As the client's calls end at their deadlines.
  const late = () => {
    const { promise, reject } = Promise.withResolvers<never>();
    setTimeout(() => reject(new AgentError('timeout', 'late', { facts: { origin: 'local' } })), 4000);
    return promise;
  };
  expect(await settled(removeFromGuest(agentWith(silent, late), 'c', () => false))).toBe(false);
});
