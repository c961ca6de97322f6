import { expect, test } from 'vitest';
import { parseVirtiofsdVersion, virtiofsdArguments } from './virtiofsd-arguments.ts';

const options = {
  fd: 3,
  sharedDir: '/run/a,b\\c',
  cache: 'auto',
  sandbox: 'namespace',
  mayRaiseLimits: false,
  extraArgs: ['-x'],
} as const;

test("the C daemon's arguments", () => {
  expect(virtiofsdArguments({ ...options, flavour: 'c' })).toEqual([
    '--fd=3',
    ...['-o', 'source=/run/a\\,b\\\\c'],
    ...['-o', 'cache=auto'],
    ...['-o', 'sandbox=namespace'],
    ...['-o', 'announce_submounts'],
    '--rlimit-nofile=0',
    '-x',
  ]);
});

test("the Rust daemon's arguments", () => {
  expect(virtiofsdArguments({ ...options, flavour: 'rust', sandbox: 'chroot' })).toEqual([
    '--fd=3',
    '--shared-dir=/run/a,b\\c',
    '--cache=auto',
    '--sandbox=chroot',
    '--seccomp=kill',
    '--rlimit-nofile=0',
    '--announce-submounts',
    '-x',
  ]);
});

test.each(['c', 'rust'] as const)('%s: where it may, it raises its limit of open files', (flavour) => {
  const words = virtiofsdArguments({ ...options, flavour, mayRaiseLimits: true });
  expect(words.filter((word) => word.includes('rlimit'))).toEqual([]);
});

test.each([
  ['c', 'never', 'cache=none'],
  ['c', 'none', 'cache=none'],
  ['c', 'metadata', 'cache=auto'],
  ['c', 'always', 'cache=always'],
  ['rust', 'none', '--cache=never'],
  ['rust', 'never', '--cache=never'],
  ['rust', 'metadata', '--cache=metadata'],
] as const)('%s: cache mode %s is %s', (flavour, cache, argument) => {
  expect(virtiofsdArguments({ ...options, flavour, cache })).toContain(argument);
});

test.each([
  [
    'virtiofsd version 7.2.22 (Debian 1:7.2+dfsg-7)\nCopyright\nusing FUSE kernel interface version 7.36\n',
    'c',
  ],
  ['virtiofsd 1.13.2\n', 'rust'],
  ['virtiofsd backend 1.4.0\n', 'rust'],
  ['QEMU emulator version 7.2\n', undefined],
])('the version text %j is from %s', (text, flavour) => {
  expect(parseVirtiofsdVersion(text)).toBe(flavour);
});
