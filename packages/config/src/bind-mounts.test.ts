import { expect, test } from 'vitest';
import { bindMountsRule, parseBindMount } from './bind-mounts.ts';
import { parseConfiguration } from './parse-configuration.ts';

test.each([
  ['/srv/hooks', { path: '/srv/hooks', name: 'hooks', readonly: true }],
  ['/srv/hooks/', { path: '/srv/hooks', name: 'hooks', readonly: true }],
  ['/srv/hooks:ro', { path: '/srv/hooks', name: 'hooks', readonly: true }],
  ['/srv/hooks/:rw', { path: '/srv/hooks', name: 'hooks', readonly: false }],
  ['/a b/.c', { path: '/a b/.c', name: '.c', readonly: true }],
])('%s', (text, expected) => {
  expect(parseBindMount(text)).toEqual(expected);
  expect(bindMountsRule([text])).toBeUndefined();
});

test.each(['', '/', '//:rw', 'srv', '/a/../b', '/a/.', '/a:rx', '/a:ro:rw', '/a:b:ro'])(
  '%j is none',
  (text) => {
    expect(parseBindMount(text)).toBeUndefined();
  },
);

test('all that is wrong with a list is said at once, with its place', () => {
  const file = '/etc/hako/configuration.toml';
  const text = '[runtime]\nsandbox_bind_mounts = ["srv", "/a/x", "/b/..", "/b/x:rw", "/c"]\n';
  let problems: unknown;
  try {
    parseConfiguration(text, { file, hostPaths: { kernel: '/k', image: '/i', virtioFsDaemon: '/v' } });
  } catch (error) {
    problems = (error as { facts: { problems: unknown } }).facts.problems;
  }
  expect(problems).toMatchObject([
    {
      severity: 'error',
      code: 'config/bad-value',
      file,
      line: 2,
      field: 'runtime.sandbox_bind_mounts',
      rule: 'must be absolute paths without . and .. parts, each with optional :ro or :rw; not so: "srv", "/b/.."; must differ in the last parts of their paths, their names in the guest; not so: "/a/x", "/b/x:rw"',
    },
  ]);
});
