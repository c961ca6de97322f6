import { expect, test } from 'vitest';
import { RecordingNamespace } from '../test/recording-namespace.ts';
import { guestView } from './guest-view.ts';
import { scanNamespace } from './scan.ts';

// As iproute2 6.1 printed it on a kernel 6.18, shortened to what tells.
const veth = {
  ifindex: 3,
  link: 'p0',
  ifname: 'eth0',
  flags: ['BROADCAST', 'MULTICAST', 'UP', 'LOWER_UP'],
  mtu: 1400,
  link_type: 'ether',
  address: '76:18:5f:4f:0d:de',
  linkinfo: { info_kind: 'veth' },
  addr_info: [
    { family: 'inet', local: '10.1.2.3', prefixlen: 24, scope: 'global', label: 'eth0' },
    { family: 'inet6', local: 'fd00::2', prefixlen: 64, scope: 'global', tentative: true },
    { family: 'inet6', local: 'fe80::7418:5fff:fe4f:dde', prefixlen: 64, scope: 'link' },
  ],
};
const loopback = {
  ifindex: 1,
  ifname: 'lo',
  flags: ['LOOPBACK', 'UP'],
  mtu: 65536,
  link_type: 'loopback',
  address: '00:00:00:00:00:00',
  addr_info: [{ family: 'inet', local: '127.0.0.1', prefixlen: 8, scope: 'host' }],
};
const routes = [
  {
    type: 'unicast',
    dst: 'default',
    gateway: '10.1.2.1',
    dev: 'eth0',
    protocol: 'boot',
    scope: 'global',
    metric: 5,
    flags: [],
  },
  {
    type: 'unicast',
    dst: '10.1.2.0/24',
    dev: 'eth0',
    protocol: 'kernel',
    scope: 'link',
    prefsrc: '10.1.2.3',
    flags: [],
  },
  {
    type: 'unicast',
    dst: '10.9.0.0/16',
    gateway: '10.77.0.1',
    dev: 'eth0',
    protocol: 'boot',
    scope: 'global',
    flags: ['onlink'],
    metrics: [{ mtu: 1300 }],
  },
  {
    type: 'unicast',
    dst: '10.10.0.7',
    dev: 'eth0',
    protocol: 'boot',
    scope: 'link',
    prefsrc: '10.1.2.3',
    flags: [],
  },
  { type: 'blackhole', dst: '10.11.0.0/16', protocol: 'boot', scope: 'global', flags: [] },
];
const routes6 = [
  { type: 'unicast', dst: 'fe80::/64', dev: 'eth0', protocol: 'kernel', scope: 'global', metric: 256 },
  {
    type: 'unicast',
    dst: 'default',
    gateway: 'fd00::1',
    dev: 'eth0',
    protocol: 'boot',
    scope: 'global',
    metric: 1024,
  },
];
const neighbours = [{ dst: '10.1.2.9', dev: 'eth0', lladdr: '02:00:00:00:00:09', state: ['PERMANENT'] }];

/** The veth with changes. */
function link(changes: object): object {
  return { ...veth, ...changes };
}

test('what iproute2 prints becomes what the guest is told', async () => {
  const namespace = new RecordingNamespace();
  namespace.show([loopback, veth], routes, routes6, neighbours);
  const scan = await scanNamespace(namespace);
  expect(scan).toMatchObject({
    endpoints: [{ name: 'eth0', index: 3, kind: 'veth', mac: '76:18:5f:4f:0d:de', mtu: 1400, noArp: false }],
    notConnected: [],
  });
  const v4 = (address: string, mask: string) => ({ family: 0, address, mask });
  expect(guestView(scan)).toMatchObject({
    interfaces: [
      {
        name: 'eth0',
        hwAddr: '76:18:5f:4f:0d:de',
        mtu: 1400n,
        IPAddresses: [v4('10.1.2.3', '24'), { family: 1, address: 'fd00::2', mask: '64' }],
      },
    ],
    routes: [
      { dest: '', gateway: '10.1.2.1', device: 'eth0', scope: 0, family: 0, flags: 0 },
      { dest: '10.9.0.0/16', gateway: '10.77.0.1', flags: 4, mtu: 1300 },
      { dest: '10.10.0.7/32', gateway: '', source: '10.1.2.3', scope: 253 },
      { dest: '', gateway: 'fd00::1', family: 1 },
    ],
    priorities: [5, 0, 0, 1024],
    neighbours: [{ toIPAddress: v4('10.1.2.9', ''), lladdr: '02:00:00:00:00:09', device: 'eth0' }],
  });
});

test.each([
  ['macvlan', { linkinfo: { info_kind: 'macvlan' } }, 'macvlan'],
  ['a tap of another program', { linkinfo: { info_kind: 'tun', info_data: { type: 'tap' } } }, 'tap'],
  ['a device of the host', { linkinfo: undefined }, 'physical'],
])('%s is an endpoint', async (_name, changes, kind) => {
  const namespace = new RecordingNamespace();
  namespace.show([link(changes)]);
  expect((await scanNamespace(namespace)).endpoints).toMatchObject([{ kind }]);
});

// As iproute2 6.1 printed them on a kernel 6.1, moved from another namespace: both have the MAC of the interface below.
test.each([
  ['l2', ['BROADCAST', 'MULTICAST', 'UP', 'LOWER_UP'], 0],
  ['l3', ['BROADCAST', 'MULTICAST', 'NOARP', 'UP', 'LOWER_UP'], 0x80],
])(
  'the guest’s card of an ipvlan, mode %s, has its MAC address, and asks for others as it does',
  async (mode, flags, rawFlags) => {
    const namespace = new RecordingNamespace();
    const below = { link: undefined, link_index: 2, link_netnsid: 0, flags };
    namespace.show([
      link({ ...below, linkinfo: { info_kind: 'ipvlan', info_data: { mode, flags: 'bridge' } } }),
    ]);
    const scan = await scanNamespace(namespace);
    expect(scan.endpoints).toMatchObject([{ kind: 'ipvlan' }]);
    expect(guestView(scan).interfaces).toMatchObject([
      {
        type: 'ipvlan',
        hwAddr: veth.address,
        rawFlags,
        IPAddresses: [{ address: '10.1.2.3' }, { address: 'fd00::2' }],
      },
    ]);
  },
);

test.each([
  ['no address', { addr_info: [] }],
  ['only the address that IPv6 makes by itself', { addr_info: [veth.addr_info[2]] }],
  ['not Ethernet', { link_type: 'sit', linkinfo: { info_kind: 'sit' } }],
  ['made by hako', { ifname: 'htap3' }],
])('a link with: %s, is passed over', async (_name, changes) => {
  const namespace = new RecordingNamespace();
  namespace.show([link(changes)], routes, routes6, neighbours);
  const { links, ...scan } = await scanNamespace(namespace);
  expect(scan).toEqual({ endpoints: [], routes: [], neighbours: [], notConnected: [] });
  expect([...links.keys()]).toEqual([3]);
});

test.each(['bridge', 'tun'])('an interface of the kind %s is named as not connected', async (kind) => {
  const namespace = new RecordingNamespace();
  namespace.show([link({ ifname: 'br0', linkinfo: { info_kind: kind } })]);
  expect(await scanNamespace(namespace)).toMatchObject({
    endpoints: [],
    notConnected: [expect.stringContaining('br0')],
  });
});

test.each(['{"a":', '{}', '[{"ifname":7}]', '[{"mtu":-1}]'])(
  'an answer like %s is not believed',
  async (printed) => {
    const namespace = new RecordingNamespace();
    namespace.show([]);
    namespace.answers.set('ip -json -details address', printed);
    await expect(scanNamespace(namespace)).rejects.toMatchObject({ code: 'unreadable' });
  },
);
