import type { HostResource } from '@hako/hypervisor';
import { expect, test } from 'vitest';
import { RecordingNamespace } from '../test/recording-namespace.ts';
import type { Endpoint, EndpointRoute } from './endpoint.ts';
import { joinEndpoint } from './join-endpoint.ts';
import type { JoinOptions } from './join-options.ts';

const endpoint: Endpoint = {
  name: 'eth0',
  index: 7,
  kind: 'veth',
  mac: '02:00:00:00:00:07',
  mtu: 1400,
  noArp: false,
  addresses: [{ family: 'inet', address: '10.1.2.3', prefixLength: 24 }],
};
const route: EndpointRoute = {
  family: 'inet',
  destination: 'default',
  gateway: '10.1.2.1',
  interface: 'eth0',
  scope: 0,
  onLink: true,
  metric: 5,
  mtu: 1300,
};
const plain: JoinOptions = {
  model: 'tcfilter',
  queues: 1,
  vhost: true,
  inboundBitsPerSecond: 0,
  outboundBitsPerSecond: 0,
};

function stage() {
  const namespace = new RecordingNamespace();
  const announced: HostResource[] = [];
  const ledger = {
    announce: async (resource: HostResource) => {
      announced.push(resource);
      namespace.log.push(`announce ${resource.kind}`);
    },
    processStarted: async () => {},
  };
  const links = new Map([[7, 'eth0']]);
  const join = (options: Partial<JoinOptions> = {}, other: Partial<Endpoint> = {}) =>
    joinEndpoint(
      namespace,
      { ...endpoint, ...other },
      { routes: [route], links },
      { ...plain, ...options },
      ledger,
    );
  return { namespace, announced, links, join };
}

const redirect = (from: string, to: string) => [
  `tc qdisc add dev ${from} ingress`,
  `tc filter add dev ${from} ingress protocol all u32 match u32 0 0 action mirred egress redirect dev ${to}`,
];

test('tcfilter: all is announced, then a tap is made and both sides are redirected', async () => {
  const { namespace, announced, join } = stage();
  const { device, release } = await join({ queues: 2 });
  expect(namespace.log).toEqual([
    'announce network-link',
    'announce network-qdisc',
    'tap htap7 2',
    'ip link set dev htap7 mtu 1400 up',
    'ip link set dev eth0 up',
    ...redirect('eth0', 'htap7'),
    ...redirect('htap7', 'eth0'),
  ]);
  const netNs = namespace.identity;
  expect(announced).toEqual([
    { kind: 'network-link', netNs, name: 'htap7' },
    { kind: 'network-qdisc', netNs, link: 'eth0', place: 'ingress' },
  ]);
  expect(device).toMatchObject({ kind: 'network', id: 'net7', mac: '02:00:00:00:00:07' });
  expect(device.link).toMatchObject({ kind: 'tap', queueFds: [expect.any(Number), expect.any(Number)] });
  release();
  expect(namespace.openDescriptors()).toEqual([]);
});

test('leaving takes away what was made, last first', async () => {
  const { namespace, join } = stage();
  const { leave } = await join({ outboundBitsPerSecond: 8000 });
  namespace.log.length = 0;
  await leave();
  expect(namespace.log).toEqual([
    'tc qdisc delete dev eth0 root',
    'tc qdisc delete dev eth0 ingress',
    'ip link delete dev htap7',
  ]);
  expect(namespace.openDescriptors()).toEqual([]);
});

test('rates are held on both sides of the tap', async () => {
  const { namespace, join } = stage();
  (await join({ inboundBitsPerSecond: 1_000_000, outboundBitsPerSecond: 2_000_000 })).release();
  expect(namespace.log.filter((line) => line.includes('htb'))).toEqual([
    'tc qdisc add dev htap7 root handle 1: htb default 2',
    'tc class add dev htap7 parent 1: classid 1:1 htb rate 1000000bit ceil 1000000bit',
    'tc class add dev htap7 parent 1:1 classid 1:2 htb rate 1000000bit ceil 1000000bit',
    'tc qdisc add dev eth0 root handle 1: htb default 2',
    'tc class add dev eth0 parent 1: classid 1:1 htb rate 2000000bit ceil 2000000bit',
    'tc class add dev eth0 parent 1:1 classid 1:2 htb rate 2000000bit ceil 2000000bit',
  ]);
});

test('macvtap: it takes the MAC address, the endpoint another one and no addresses', async () => {
  const { namespace, announced, join } = stage();
  const { moved, release, leave } = await join({ model: 'macvtap' });
  const other = /^ip link set dev eth0 address (..:..:..:..:..:..)$/.exec(namespace.log[3] ?? '')?.[1] ?? '';
  expect(Number.parseInt(other.slice(0, 2), 16) & 3).toBe(2);
  expect(namespace.log).toEqual([
    'announce network-link-state',
    'announce network-link',
    'ip link add link eth0 name htap7 type macvtap mode bridge',
    `ip link set dev eth0 address ${other}`,
    'ip address flush dev eth0',
    'ip link set dev htap7 address 02:00:00:00:00:07 mtu 1400 up',
    'ip link set dev eth0 up',
    'macvtap htap7 1',
  ]);
  expect(announced[0]).toMatchObject({ mac: '02:00:00:00:00:07', addresses: ['10.1.2.3/24'] });
  expect(moved).toEqual([route]);
  release();
  namespace.log.length = 0;
  await leave();
  expect(namespace.log).toEqual([
    'ip link delete dev htap7',
    'ip link set dev eth0 address 02:00:00:00:00:07',
    'ip address replace 10.1.2.3/24 dev eth0',
    'ip route replace 0.0.0.0/0 via 10.1.2.1 dev eth0 metric 5 scope 0 mtu 1300 onlink',
  ]);
});

test('macvtap: what comes in is shaped on another device', async () => {
  const { namespace, join } = stage();
  (await join({ model: 'macvtap', inboundBitsPerSecond: 8000, outboundBitsPerSecond: 9000 })).release();
  expect(namespace.log).toEqual(
    expect.arrayContaining(['ip link add name hifb7 type ifb', ...redirect('eth0', 'hifb7')]),
  );
  expect(namespace.log.filter((line) => line.includes('root'))).toEqual([
    'tc qdisc add dev hifb7 root handle 1: htb default 2',
    'tc qdisc add dev htap7 root handle 1: htb default 2',
  ]);
});

test('ipvlan shares its MAC address, so it gets no macvtap', async () => {
  const { namespace, join } = stage();
  (await join({ model: 'macvtap' }, { kind: 'ipvlan' })).release();
  expect(namespace.log).toContain('tap htap7 1');
});

test.each(['tap htap7', 'link set dev htap7', 'filter add dev htap7'])(
  'when the kernel refuses %j, nothing stays',
  async (failing) => {
    const { namespace, join } = stage();
    namespace.failing = failing;
    await expect(join()).rejects.toMatchObject({ code: 'refused' });
    expect(namespace.log.slice(-2)).toEqual(['tc qdisc delete dev eth0 ingress', 'ip link delete dev htap7']);
    expect(namespace.openDescriptors()).toEqual([]);
  },
);

test.each([
  ['qdisc noqueue 0: root refcnt 2\nqdisc ingress ffff: parent ffff:fff1 ----------------', {}],
  ['qdisc clsact ffff: parent ffff:fff1', {}],
  ['qdisc tbf 8001: root refcnt 2 rate 1Mbit', { outboundBitsPerSecond: 1 }],
])('traffic control of others is left alone: %s', async (shown, options) => {
  const { namespace, announced, join } = stage();
  namespace.answers.set('tc qdisc show dev eth0', shown);
  await expect(join(options)).rejects.toMatchObject({ code: 'refused', facts: { interface: 'eth0' } });
  expect(announced).toEqual([]);
});

test('an interface that has the name of the tap is left alone', async () => {
  const { namespace, announced, links, join } = stage();
  links.set(8, 'htap7');
  await expect(join()).rejects.toMatchObject({
    code: 'refused',
    message: expect.stringContaining('there is an interface of that name already'),
  });
  expect([announced, namespace.log]).toEqual([[], []]);
});
