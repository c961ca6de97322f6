import { expect, test } from 'vitest';
import { plainStateCall } from './plain-state-call.ts';

test('the plain forms are read', () => {
  expect(plainStateCall(['state', 'c1'])).toMatchObject({
    id: 'c1',
    options: { root: '/run/hako', debug: false },
  });
  expect(
    plainStateCall([
      '--root',
      '/r',
      '--log=/l',
      '--log-format',
      'json',
      '--debug',
      '--systemd-cgroup',
      'state',
      'c1',
    ]),
  ).toEqual({
    id: 'c1',
    options: {
      root: '/r',
      log: '/l',
      logFormat: 'json',
      debug: true,
      systemdCgroup: true,
      cgroupManager: 'cgroupfs',
    },
  });
});

test.each([
  [['state']],
  [['state', '--help']],
  [['state', 'a', 'b']],
  [['list']],
  [['--nope', 'state', 'c1']],
  [['--log-format', 'xml', 'state', 'c1']],
  [['--root', 'state', 'c1']],
  [[]],
])('%j is left to the parser of the whole command line', (argv) => {
  expect(plainStateCall(argv)).toBeUndefined();
});
