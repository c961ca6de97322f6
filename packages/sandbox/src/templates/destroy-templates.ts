import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { killExact } from '@hako/posix';
import type { Host } from '../host.ts';
import { sandboxError } from '../sandbox-error.ts';
import { clearMakersPlace } from './make-template.ts';
import type { MakerLock, TemplateStore } from './template-store.ts';

/** A maker that is told to end takes its machine along. */
const END_TIMEOUT_MS = 10_000;
const LOOK_AGAIN_MS = 20;
const SIGTERM = 15;

/**
 * Removes all templates, ends whoever makes one, and undoes what a maker left. Machines that were made of them go on. Answers how many
 * templates there were.
 *
 * @throws SandboxError `teardown-incomplete`, `template-broken`
 */
export async function destroyTemplates(store: TemplateStore, host: Host): Promise<number> {
  if (!existsSync(store.root)) return 0;
  const lock = await takeLock(store, host);
  try {
    await clearMakersPlace(lock, host);
    return store.removeAll(lock);
  } finally {
    lock.release();
  }
}

async function takeLock(store: TemplateStore, host: Host): Promise<MakerLock> {
  const deadlineMs = performance.now() + END_TIMEOUT_MS;
  let told = false;
  for (;;) {
    const lock = store.tryLock();
    if (lock !== undefined) return lock;
    const maker = store.maker();
    if (maker !== undefined && !told) {
      told = true;
      killExact(maker.pid, maker.startTime, SIGTERM);
    }
    if (performance.now() > deadlineMs) {
      if (maker === undefined || !(await host.killProcess(maker.pid, maker.startTime, END_TIMEOUT_MS))) {
        throw sandboxError('teardown-incomplete', `${store.root} is locked by a process that does not end`, {
          path: store.root,
        });
      }
    }
    await delay(LOOK_AGAIN_MS);
  }
}
