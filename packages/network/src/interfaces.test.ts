import { execFileSync } from 'node:child_process';
import { afterEach, expect, test } from 'vitest';
import { listInterfaces } from './interfaces.ts';
import { planNetwork } from './network-plan.ts';

const names: string[] = [];
afterEach(() => {
  for (const name of names.splice(0)) execFileSync('ip', ['netns', 'delete', name]);
});

function makeNamespace(): { name: string; path: string } {
  const name = `hako-test-${process.pid}-${names.length}`;
  execFileSync('ip', ['netns', 'add', name]);
  names.push(name);
  return { name, path: `/run/netns/${name}` };
}

test('interfaces of a real namespace are found with kind, MTU and addresses; loopback is not one', async () => {
  const { name, path } = makeNamespace();
  const ip = (...args: string[]) => execFileSync('ip', ['-n', name, ...args]);
  ip('link', 'add', 'eth0', 'mtu', '1400', 'type', 'veth', 'peer', 'name', 'peer0');
  ip('address', 'add', '10.9.8.7/24', 'dev', 'eth0');
  const found = await listInterfaces(path);
  expect(found.map((link) => link.name).sort()).toEqual(['eth0', 'peer0']);
  expect(found.find((link) => link.name === 'eth0')).toMatchObject({
    kind: 'veth',
    mtu: 1400,
    addresses: ['10.9.8.7/24'],
  });
});

test('a namespace that is gone is named', async () => {
  await expect(listInterfaces('/run/netns/hako-not-there')).rejects.toMatchObject({
    code: 'namespace-gone',
    message: expect.stringContaining('/run/netns/hako-not-there'),
  });
});

test('a tool that answers nonsense is not believed', async () => {
  await expect(listInterfaces('/x', async () => '{"a":')).rejects.toMatchObject({ code: 'unreadable' });
});

test('interfaces are named as not connected, a new namespace has none', async () => {
  const plan = await planNetwork('/x', async () => [{ name: 'eth0', mac: '', mtu: 1500, addresses: [] }]);
  expect(plan).toEqual({ endpoints: [], notConnected: [expect.stringContaining('eth0')] });
  expect(await planNetwork(undefined)).toEqual({ endpoints: [], notConnected: [] });
});
