import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type PooledSpare, SparePool } from './spare-pool.ts';

/** Machines that a test makes, and ends, when it wants to. */
class Factory {
  readonly asked: PromiseWithResolvers<PooledSpare>[] = [];
  readonly logged: string[] = [];
  /** How long the pool waited after each failure. */
  readonly waits: number[] = [];
  readonly ended: number[] = [];
  signal: AbortSignal | undefined;

  pool(size: number, atOnce = 1): SparePool {
    return new SparePool({
      size,
      atOnce,
      make: (signal) => {
        this.signal = signal;
        const asked = Promise.withResolvers<PooledSpare>();
        this.asked.push(asked);
        signal.addEventListener('abort', () => asked.reject(new Error('aborted')));
        return asked.promise;
      },
      log: (message) => this.logged.push(message),
      wait: async (ms) => void this.waits.push(ms),
    });
  }

  /** The machine that was asked for first is ready. */
  async ready(pid: number): Promise<(how: 'taken' | 'ended') => Promise<void>> {
    const gone = Promise.withResolvers<'taken' | 'ended'>();
    const end = (): void => {
      this.ended.push(pid);
      gone.resolve('ended');
    };
    this.asked.shift()?.resolve({ pid, socket: `/${pid}`, gone: gone.promise, end });
    await turn();
    return async (how) => {
      gone.resolve(how);
      await turn();
    };
  }

  async fails(why: string): Promise<void> {
    this.asked.shift()?.reject(new Error(why));
    await turn();
  }
}

let factory: Factory;
let pool: SparePool;
beforeEach(() => {
  factory = new Factory();
});
afterEach(() => pool.close());

test('as many as wanted are made, no more than so many at a time', async () => {
  pool = factory.pool(3, 2);
  expect([factory.asked.length, pool.making]).toEqual([2, 2]);
  await factory.ready(1);
  expect([factory.asked.length, pool.making, pool.ready]).toEqual([2, 2, [1]]);
  await factory.ready(2);
  await factory.ready(3);
  expect([factory.asked.length, pool.making, pool.ready]).toEqual([0, 0, [1, 2, 3]]);
});

test('one that is taken, or ends, is replaced; who asks meanwhile gets none', async () => {
  pool = factory.pool(1);
  const leave = await factory.ready(1);
  expect(pool.offer()?.pid).toBe(1);
  // It is neither ready for another, nor replaced before it is taken.
  expect([pool.offer(), pool.ready, factory.asked.length]).toEqual([undefined, [], 0]);
  await leave('taken');
  expect([pool.taken, factory.asked.length]).toEqual([1, 1]);
  const die = await factory.ready(2);
  await die('ended');
  expect([pool.taken, pool.ready, factory.asked.length]).toEqual([1, [], 1]);
  expect(factory.logged).toEqual(['a machine that was ready has ended: 2']);
});

test('one that was offered and not taken is ready again, but not one that is gone', async () => {
  pool = factory.pool(1);
  const leave = await factory.ready(1);
  const offered = pool.offer();
  if (offered === undefined) throw new Error('none');
  pool.giveBack(offered);
  expect(pool.ready).toEqual([1]);
  pool.offer();
  await leave('taken');
  pool.giveBack(offered);
  expect(pool.ready).toEqual([]);
});

test('what cannot be made is tried again, later each time, and said', async () => {
  pool = factory.pool(1);
  for (const why of ['no kernel', 'no kernel', 'no memory']) await factory.fails(why);
  expect([factory.waits, factory.asked.length, pool.making]).toEqual([[1000, 2000, 4000], 1, 1]);
  expect(pool.failure).toBe('no memory');
  for (let count = 0; count < 10; count += 1) await factory.fails('no memory');
  expect(Math.max(...factory.waits)).toBe(60_000);
  const die = await factory.ready(1);
  expect(pool.failure).toBe('');
  await die('ended');
  await factory.fails('again');
  expect(factory.waits.at(-1)).toBe(1000);
});

test('closed, it ends what waits, is offered or is being made, and makes nothing more', async () => {
  pool = factory.pool(3);
  await factory.ready(1);
  const leave = await factory.ready(2);
  pool.offer();
  const closed = pool.close();
  expect(factory.signal?.aborted).toBe(true);
  await closed;
  expect(new Set(factory.ended)).toEqual(new Set([1, 2]));
  await leave('ended');
  expect([pool.making, factory.asked.length]).toEqual([0, 1]);
  expect(factory.logged).toEqual([]);
});
