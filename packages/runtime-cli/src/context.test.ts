import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { makeContext } from './context.ts';
import { GLOBAL_DEFAULTS } from './global-options.ts';

test('root and log are those of the folder in which the command was called', () => {
  const { options, store } = makeContext({ ...GLOBAL_DEFAULTS, root: 'state', log: '../log.json' });
  expect(store.root).toBe(resolve('state'));
  expect(options).toMatchObject({ root: resolve('state'), log: resolve('../log.json') });
});

test('what is absolute, or not given, stays so', () => {
  const { options, store } = makeContext(GLOBAL_DEFAULTS);
  expect(store.root).toBe('/run/hako');
  expect(options).toEqual(GLOBAL_DEFAULTS);
});
