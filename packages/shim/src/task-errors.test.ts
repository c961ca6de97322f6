import { CodedError } from '@hako/errors';
import { sandboxError } from '@hako/sandbox';
import { expect, test } from 'vitest';
import { ShimError } from './shim-error.ts';
import { toTaskError } from './task-errors.ts';

/** Of the agent's client, or of QMP. */
class NoAnswer extends CodedError<'timeout', object> {}

test.each([
  [sandboxError('not-found', 'm'), 'not-found'],
  [sandboxError('wrong-state', 'm'), 'failed-precondition'],
  [sandboxError('id-in-use', 'm'), 'already-exists'],
  [sandboxError('unsupported', 'm'), 'unimplemented'],
  [sandboxError('sandbox-gone', 'm'), 'unavailable'],
  [sandboxError('guest-refused', 'm', {}, new NoAnswer('timeout', '', { facts: {} })), 'deadline-exceeded'],
  [sandboxError('host-refused', 'm', {}, new NoAnswer('timeout', '', { facts: {} })), 'deadline-exceeded'],
  [sandboxError('host-refused', 'm', {}, new Error('EPERM')), 'unknown'],
  [new ShimError('bad-request', 'm', { facts: {} }), 'invalid-argument'],
  [new Error('m'), 'unknown'],
])('%s is answered as %s, in its own words', (error, code) => {
  expect(toTaskError(error)).toMatchObject({ code, message: 'm' });
});
