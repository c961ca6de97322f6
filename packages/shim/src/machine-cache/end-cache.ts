import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Host } from '@hako/sandbox';
import { ShimError } from '../shim-error.ts';
import { CachePlace } from './cache-place.ts';
import { ask } from './take-spare.ts';

/** A machine that is just being made is ended, too. */
const END_TIMEOUT_MS = 60_000;

/**
 * Ends the cache of machines at an endpoint and waits until it has ended; undoes what one that was killed has left. False where
 * nobody served one.
 *
 * @throws ShimError `cache-failed` when it does not end; SandboxError `teardown-incomplete`
 */
export async function endCache(endpoint: string, host: Host): Promise<boolean> {
  const cache = await ask(endpoint, { ask: 'end' }).catch(() => undefined);
  if (cache !== undefined) {
    cache.resume();
    // The lock tells whether it has.
    await once(cache, 'close', { signal: AbortSignal.timeout(END_TIMEOUT_MS) }).catch(() => {});
    cache.destroy();
  }
  if (!existsSync(dirname(endpoint))) return cache !== undefined;
  const place = new CachePlace(endpoint);
  if (!existsSync(place.folder)) return cache !== undefined;
  const lock = place.tryLock();
  if (lock === undefined) {
    const message = `the cache of machines at ${endpoint} does not end`;
    throw new ShimError('cache-failed', message, { facts: {} });
  }
  await place.clear(host);
  place.remove();
  lock.release();
  return cache !== undefined;
}
