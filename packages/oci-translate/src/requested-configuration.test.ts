import { openPolicy, safePolicy } from '@hako/annotations';
import { expect, test } from 'vitest';
import { requestedConfiguration } from './requested-configuration.ts';

const ask = (path: string) => ({ 'io.katacontainers.config_path': path });

test('a file is taken only where the operator allows it', () => {
  expect(requestedConfiguration({}, openPolicy)).toBeUndefined();
  expect(requestedConfiguration(ask(''), safePolicy)).toBeUndefined();
  expect(requestedConfiguration(ask('/x'), safePolicy)).toMatchObject({ code: 'annotation/not-allowed' });
  expect(requestedConfiguration(ask('/x'), openPolicy)).toEqual({ path: '/x' });
  expect(requestedConfiguration(ask('x'), openPolicy)).toMatchObject({ code: 'annotation/bad-value' });
});

test('links are followed before', () => {
  const canonicalPath = (path: string) => (path === '/link' ? '/real' : undefined);
  expect(requestedConfiguration(ask('/link'), openPolicy, { canonicalPath })).toEqual({ path: '/real' });
  expect(requestedConfiguration(ask('/no'), openPolicy, { canonicalPath })).toMatchObject({
    code: 'annotation/no-such-path',
  });
});
