import { expect, test } from 'vitest';
import { checkNamespaces } from './check-namespaces.ts';

test('a path must be a namespace of its type', () => {
  const self = (type: string, name: string) => ({ type, path: `/proc/self/ns/${name}` });
  checkNamespaces([{ type: 'pid' }, self('network', 'net'), self('mount', 'mnt'), self('uts', 'uts')]);
  checkNamespaces([self('ipc', 'ipc'), self('user', 'user'), self('cgroup', 'cgroup'), self('pid', 'pid')]);
  expect(() => checkNamespaces([{ type: 'pid' }, self('network', 'uts')])).toThrow(
    'linux.namespaces[1].path: /proc/self/ns/uts is a uts namespace, not one of type network',
  );
  expect(() => checkNamespaces([{ type: 'uts', path: '/dev/null' }])).toThrow('/dev/null is no namespace');
  expect(() => checkNamespaces([{ type: 'uts', path: '/no/such' }])).toThrow('linux.namespaces[0].path');
});
