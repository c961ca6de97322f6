import { expect, test } from 'vitest';
import { CodedError, isCodedError } from './coded-error.ts';

class SampleError extends CodedError<'missing', { path: string }> {
  override readonly name = 'SampleError';
}

test('code, facts and cause are kept', () => {
  const cause = new Error('ENOENT');
  const error = new SampleError('missing', 'file is missing', { facts: { path: '/x' }, cause });
  expect(error).toMatchObject({ code: 'missing', facts: { path: '/x' }, cause, message: 'file is missing' });
  expect(isCodedError(error)).toBe(true);
});

test('node system errors are not coded errors', () => {
  expect(isCodedError(Object.assign(new Error('x'), { code: 'ENOENT' }))).toBe(false);
});
