import assert from 'node:assert/strict';
import { PosixError } from '../../src/index.ts';

/** A behaviour that must hold on Node and in a compiled Bun program alike. `dir` is empty and the case's own. */
export type Case = (dir: string) => void | Promise<void>;

export function assertPosixError(call: () => unknown, code: string, path?: string): void {
  assert.throws(call, (error) => {
    assert.ok(error instanceof PosixError, String(error));
    assert.equal(error.code, code);
    if (path !== undefined) assert.equal(error.facts.path, path);
    return true;
  });
}

export async function assertRejectsPosix(promise: Promise<unknown>, code: string): Promise<void> {
  await assert.rejects(promise, (error) => {
    assert.ok(error instanceof PosixError, String(error));
    assert.equal(error.code, code);
    return true;
  });
}

/** Resolves when `emitter` emits `event`; rejects on `error` before it. */
export function once(emitter: NodeJS.EventEmitter, event: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    emitter.once(event, resolve);
    if (event !== 'error') emitter.once('error', reject);
  });
}

/** Waits, at most a second, until `check` holds: for what an engine does on another thread without telling. */
export async function eventually(check: () => boolean, what: string): Promise<void> {
  const deadlineMs = performance.now() + 1000;
  while (!check()) {
    assert.ok(performance.now() < deadlineMs, what);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
