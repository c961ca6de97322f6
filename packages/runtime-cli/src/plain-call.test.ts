import { expect, test } from 'vitest';
import { plainCall } from './plain-call.ts';

test('the plain forms are read', () => {
  expect(plainCall(['state', 'c1'])).toMatchObject({
    command: 'state',
    args: ['c1'],
    options: { root: '/run/hako', debug: false },
  });
  expect(plainCall(['kill', 'c1', '9'])).toMatchObject({ command: 'kill', args: ['c1', '9'] });
  expect(plainCall(['kill', '-a', 'c1'])?.flags).toEqual(new Set(['all']));
  expect(plainCall(['delete', '--force', 'c1'])?.flags).toEqual(new Set(['force']));
  expect(plainCall(['delete', 'c1', '-f'])?.flags).toEqual(new Set(['force']));
  expect(plainCall(['list'])).toMatchObject({ command: 'list', args: [] });
  const globals = ['--root', '/r', '--log=/l', '--log-format', 'json', '--debug', '--systemd-cgroup'];
  expect(plainCall([...globals, 'start', 'c1'])).toEqual({
    command: 'start',
    args: ['c1'],
    flags: new Set(),
    values: {},
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

test('exec hands on what follows the id, and takes the flags of engines', () => {
  expect(plainCall(['exec', 'c1', 'sh', '-c', 'true', '--', '-d'])).toMatchObject({
    command: 'exec',
    flags: new Set(),
    values: {},
    args: ['c1', 'sh', '-c', 'true', '--', '-d'],
  });
  const flags = ['--pid-file', '/p', '-p', '/j', '-d', '--tty', '--console-socket', '/s', '--cwd', '/'];
  expect(plainCall(['exec', ...flags, 'c1'])).toMatchObject({
    flags: new Set(['detach', 'tty']),
    values: { pidFile: '/p', processFile: '/j', consoleSocket: '/s', cwd: '/' },
    args: ['c1'],
  });
});

test.each([
  [['exec']],
  [['exec', '--env', 'a=b', 'c1', 'true']],
  [['exec', '-it', 'c1', 'true']],
  [['exec', 'c1', '--', 'true']],
  [['exec', '--pid-file']],
  [['exec', '--cwd', '--tty', 'c1']],
  [['state']],
  [['state', '--help']],
  [['state', 'a', 'b']],
  [['list', '--format', 'json']],
  [['kill', '--regex', 'a']],
  [['kill', 'a', 'TERM', 'b']],
  [['kill', 'a', '-9']],
  [['delete', 'a', 'b']],
  [['run', 'a']],
  [['toString']],
  [['--nope', 'state', 'c1']],
  [['--log-format', 'xml', 'state', 'c1']],
  [['--root', 'state', 'c1']],
  [['--root']],
  [[]],
])('%j is left to the parser of the whole command line', (argv) => {
  expect(plainCall(argv)).toBeUndefined();
});
