import { expect, test } from 'vitest';
import { parseShimArguments } from './shim-arguments.ts';

const words = [
  '-namespace',
  'k8s.io',
  '--address',
  '/run/c.sock',
  '-publish-binary',
  '/usr/bin/containerd',
  '-id=c1',
];

test('reads what containerd writes, in the style of Go', () => {
  expect(parseShimArguments([...words, '-debug', 'start'], '/bundle')).toEqual({
    action: 'start',
    namespace: 'k8s.io',
    id: 'c1',
    address: '/run/c.sock',
    bundle: '/bundle',
    debug: true,
  });
  expect(parseShimArguments([...words, '-bundle', '/b', '-debug=false', 'delete'], '/x')).toMatchObject({
    action: 'delete',
    bundle: '/b',
    debug: false,
  });
});

test('-v and -info need nothing else', () => {
  expect(parseShimArguments(['-v'], '/').action).toBe('version');
  expect(parseShimArguments(['-info'], '/').action).toBe('info');
});

test.each([
  [[...words], 'an action is missing: start or delete'],
  [[...words, 'run'], '"run" is no action: start or delete'],
  [['-id', 'c1', 'start'], '-namespace "" must be letters and digits'],
  [['-namespace', '../x', '-id', 'c1', 'start'], '-namespace "../x" must be'],
  [['-namespace', 'a'.repeat(77), '-id', 'c1', 'start'], 'at most 76 characters'],
  [['-namespace', 'n', 'start'], '-id is missing'],
  [['-unknown', 'start'], '-unknown is no flag of a containerd shim'],
  [['-id'], '-id needs a value'],
])('%j is refused', (argv, message) => {
  expect(() => parseShimArguments(argv, '/')).toThrow(message);
});
