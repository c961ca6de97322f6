import { AgentError } from '@hako/agent-client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { endIfLate, killOrEnd, type LastResort, signalOrLeave } from './kill-or-end.ts';

const said: string[] = [];
beforeEach(() => {
  vi.useFakeTimers();
  said.length = 0;
});
afterEach(() => {
  vi.useRealTimers();
});

/** A call that is answered after so many milliseconds, or fails at its deadline. */
function answered(afterMs: number, deadlineMs = 60_000): Promise<void> {
  return new Promise((resolve, reject) => {
    if (afterMs <= deadlineMs) setTimeout(resolve, afterMs);
    else
      setTimeout(
        () => reject(new AgentError('timeout', 'no answer', { facts: { method: 'any', origin: 'local' } })),
        deadlineMs,
      );
  });
}

/** A guest that takes so long for a signal, and for a health check. */
function guest(signalMs: number, healthMs: number): LastResort {
  return {
    agent: {
      check: async (_request, options) => {
        await answered(healthMs, options?.timeoutMs);
        return { status: 1 };
      },
    },
    send: () => answered(signalMs),
    endMachine: async (why) => void said.push(`ended: ${why}`),
    warn: (message) => void said.push(message),
  };
}

const NEVER = Number.POSITIVE_INFINITY;

async function seconds(call: Promise<unknown>): Promise<number> {
  const start = Date.now();
  const done = call.then(() => Math.round((Date.now() - start) / 1000));
  done.catch(() => {});
  await vi.runAllTimersAsync();
  return done;
}

test('a SIGKILL that the guest answers, at once or late, is the guest’s', async () => {
  expect(await seconds(killOrEnd(guest(10, NEVER)))).toBe(0);
  expect(await seconds(killOrEnd(guest(40_000, 100)))).toBe(40);
  expect(said).toEqual([]);
});

test('a guest that hangs is ended for a SIGKILL; so is one that lives and does not answer it', async () => {
  expect(await seconds(killOrEnd(guest(NEVER, NEVER)))).toBe(12);
  expect(await seconds(killOrEnd(guest(NEVER, 100)))).toBe(60);
  expect(said).toEqual([
    'ended: the guest hangs: no answer to SIGKILL and health check for 12 s',
    'ended: the guest answers, but not to SIGKILL',
  ]);
});

test('what the guest refuses is told', async () => {
  const refusing = { ...guest(1, 1), send: () => Promise.reject(new Error('no such process')) };
  await expect(seconds(killOrEnd(refusing))).rejects.toThrow('no such process');
  await expect(seconds(signalOrLeave(refusing, 15))).rejects.toThrow('no such process');
  expect(said).toEqual([]);
});

test('another signal waits in a guest that hangs, and has its deadline in one that lives', async () => {
  expect(await seconds(signalOrLeave(guest(10, NEVER), 15))).toBe(0);
  expect(await seconds(signalOrLeave(guest(NEVER, NEVER), 15))).toBe(12);
  expect(said).toEqual(['the guest hangs: no answer to signal 15 and health check for 12 s']);
  await expect(seconds(signalOrLeave(guest(NEVER, 100), 15))).rejects.toMatchObject({ code: 'timeout' });
});

test('a container that does not end of SIGKILL takes the machine along only where that is its own', async () => {
  const late = guest(1, 1);
  expect(await seconds(endIfLate(answered(29_000), { ...late, isWholeSandbox: true }))).toBe(29);
  expect(said).toEqual([]);
  for (const isWholeSandbox of [true, false])
    expect(await seconds(endIfLate(new Promise(() => {}), { ...late, isWholeSandbox }))).toBe(30);
  const why = 'the container has not ended 30 s after SIGKILL';
  expect(said).toEqual([`ended: ${why}`, why]);
});
