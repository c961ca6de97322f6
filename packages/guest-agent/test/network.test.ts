import { execFileSync } from 'node:child_process';
import type { Route } from '@hako/agent-protocol';
import { inNetworkNamespace } from '@hako/posix';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { GuestNetwork } from '../src/network/guest-network.ts';
import { netlinkExchange } from '../src/system/netlink-socket.ts';
import { koffiLibc } from './koffi-libc.ts';

// The kernel's own answers, in a network namespace of each test.
const name = `hako-agent-${process.pid}`;
const libc = koffiLibc();
let network: GuestNetwork;

function ip(...args: string[]): string {
  return execFileSync('ip', ['-n', name, ...args], { encoding: 'utf8' });
}

beforeEach(() => {
  execFileSync('ip', ['netns', 'add', name]);
  network = new GuestNetwork((request) =>
    inNetworkNamespace(`/run/netns/${name}`, () => netlinkExchange(libc, request)),
  );
  ip('link', 'add', 'eth7', 'address', '02:00:00:00:00:07', 'type', 'veth', 'peer', 'name', 'peer');
  ip('link', 'set', 'peer', 'up');
});
afterEach(() => execFileSync('ip', ['netns', 'delete', name]));

const v4 = (address: string, mask: string) => ({ family: 0, address, mask });
const v6 = (address: string, mask: string) => ({ family: 1, address, mask });

function card(changes: object = {}) {
  return {
    name: 'eth0',
    hwAddr: '02:00:00:00:00:07',
    mtu: 1400n,
    rawFlags: 0,
    IPAddresses: [v4('10.1.0.2', '16'), v6('fd00::2', '64')],
    ...changes,
  };
}

function route(changes: Partial<Route>): Route {
  return {
    dest: '',
    gateway: '',
    device: 'eth0',
    source: '',
    scope: 0,
    family: 0,
    flags: 0,
    mtu: 0,
    ...changes,
  };
}

test('a card gets name, MTU and addresses, is up, and is listed', async () => {
  const updated = await network.updateInterface(card());
  expect(updated).toMatchObject({ name: 'eth0', hwAddr: '02:00:00:00:00:07', mtu: 1400n });
  expect(updated.IPAddresses).toEqual(expect.arrayContaining([v4('10.1.0.2', '16'), v6('fd00::2', '64')]));
  expect(ip('link', 'show', 'eth0')).toMatch(/UP.* mtu 1400/);
  // Nothing is tried out on the network first.
  expect(ip('-6', 'address', 'show', 'dev', 'eth0')).toMatch(/fd00::2\/64 scope global nodad/);
  expect(network.listInterfaces().map((entry) => entry.name)).toEqual(
    expect.arrayContaining(['eth0', 'peer']),
  );
});

test('an update takes away addresses that are not named, and keeps the link’s own', async () => {
  await network.updateInterface(card());
  const before = ip('-6', 'address', 'show', 'dev', 'eth0');
  expect(before).toContain('inet6 fe80::');
  await network.updateInterface(card({ IPAddresses: [v4('10.1.0.3', '16')], mtu: 0n, rawFlags: 0x80 }));
  const shown = ip('address', 'show', 'dev', 'eth0');
  expect(shown).toContain('10.1.0.3/16');
  expect(shown).toContain('inet6 fe80::');
  expect(shown).not.toMatch(/10\.1\.0\.2|fd00::2/);
  expect(shown).toMatch(/NOARP.* mtu 1400/);
});

test('a name that another card has is taken from it', async () => {
  ip('link', 'add', 'eth0', 'address', '02:00:00:00:00:08', 'up', 'type', 'bridge');
  await network.updateInterface(card());
  const names = network.listInterfaces().map((entry) => [entry.hwAddr, entry.name]);
  expect(names).toContainEqual(['02:00:00:00:00:07', 'eth0']);
  expect(names).toContainEqual(['02:00:00:00:00:08', expect.stringMatching(/^old\d+$/)]);
});

test('a card that comes later is waited for, one that never comes is named', async () => {
  const looks: number[] = [];
  const waiting = new GuestNetwork(
    (request) => inNetworkNamespace(`/run/netns/${name}`, () => netlinkExchange(libc, request)),
    async (ms) => {
      looks.push(ms);
      if (looks.length === 2) ip('link', 'add', 'late', 'address', '02:00:00:00:00:09', 'type', 'bridge');
    },
  );
  await waiting.updateInterface(card({ hwAddr: '02:00:00:00:00:09', name: 'eth1' }));
  expect(looks).toHaveLength(2);
  await expect(waiting.updateInterface(card({ hwAddr: '02:00:00:00:00:0a' }))).rejects.toMatchObject({
    code: 'not-found',
    message: expect.stringContaining('02:00:00:00:00:0a'),
  });
});

test('routes with scope, source, on-link, MTU and metric replace those before', async () => {
  await network.updateInterface(card());
  ip('route', 'add', '192.0.2.0/24', 'via', '10.1.0.9');
  const routes = [
    route({ gateway: '10.1.0.1' }),
    route({ gateway: 'fd00::1', family: 1 }),
    route({ dest: '10.9.0.0/16', gateway: '10.77.0.1', flags: 4, mtu: 1300 }),
    route({ dest: '10.10.0.0/16', scope: 253, source: '10.1.0.2' }),
  ];
  const listed = network.updateRoutes(routes, [100, 0, 0, 7]);
  const shown = ip('route');
  expect(shown).toContain('default via 10.1.0.1 dev eth0 proto static metric 100');
  expect(shown).toMatch(/10\.9\.0\.0\/16 via 10\.77\.0\.1 dev eth0 proto static onlink mtu 1300/);
  expect(shown).toMatch(/10\.10\.0\.0\/16 dev eth0 proto static scope link src 10\.1\.0\.2 metric 7/);
  expect(shown).toContain('10.1.0.0/16 dev eth0 proto kernel');
  expect(shown).not.toContain('192.0.2.0');
  expect(ip('-6', 'route')).toContain('default via fd00::1 dev eth0');
  for (const { family: _family, ...wanted } of routes)
    expect(listed).toContainEqual(expect.objectContaining(wanted));
});

test('a route that the kernel refuses: the old ones are there again', async () => {
  await network.updateInterface(card());
  network.updateRoutes([route({ gateway: '10.1.0.1' }), route({ gateway: 'fd00::1' })], [5, 0]);
  const before = [ip('route'), ip('-6', 'route')];
  expect(() =>
    network.updateRoutes([route({ dest: '10.2.0.0/16' }), route({ gateway: '172.16.0.1' })]),
  ).toThrow(/ENETUNREACH/);
  expect([ip('route'), ip('-6', 'route')]).toEqual(before);
});

test('neighbours that need not be asked for', async () => {
  await network.updateInterface(card());
  const neighbour = {
    toIPAddress: v4('10.1.0.9', ''),
    device: 'eth0',
    lladdr: '02:00:00:00:00:99',
    state: 0x80,
    flags: 0,
  };
  network.addNeighbours([neighbour, neighbour]);
  expect(ip('neigh')).toContain('10.1.0.9 dev eth0 lladdr 02:00:00:00:00:99 PERMANENT');
});

test.each([
  [{ hwAddr: 'x' }, 'MAC'],
  [{ name: 'sixteen-letters1' }, '"sixteen-letters1" is no name of an interface: 1 to 15 bytes'],
  [{ name: 'öööööööö' }, 'no name of an interface'],
  [{ name: 'eth%d' }, 'no name of an interface'],
  [{ name: 'a/b' }, 'no name of an interface'],
  [{ mtu: 70_000n }, 'no MTU'],
  [{ IPAddresses: [v4('10.1.0.2', '33')] }, 'no prefix length'],
  [{ IPAddresses: [v4('10.1.0', '8')] }, 'no IP address'],
])('an interface is refused before anything is done: case %#', async (changes, message) => {
  await expect(network.updateInterface(card(changes))).rejects.toMatchObject({
    code: 'invalid-argument',
    message: expect.stringContaining(message),
  });
  expect(ip('link', 'show', 'eth7')).not.toMatch(/[<,]UP/);
});

test.each([
  [route({ device: 'nosuch' }), 'no network interface'],
  [route({ dest: '10.0.0.0/8', gateway: 'fd00::1' }), 'mixes'],
  [route({ dest: 'everywhere' }), 'no IP address'],
])('a route is refused before anything is done: case %#', async (wrong, message) => {
  await network.updateInterface(card());
  ip('route', 'add', '192.0.2.0/24', 'via', '10.1.0.9');
  expect(() => network.updateRoutes([wrong])).toThrow(message);
  expect(ip('route')).toContain('192.0.2.0/24');
});
