import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { RecordingNamespace } from '../test/recording-namespace.ts';
import type { GuestView } from './guest-view.ts';
import { NamespaceNetwork, type NetworkFollower } from './namespace-network.ts';

const ledger = { announce: async () => {}, processStarted: async () => {} };
const options = {
  model: 'tcfilter' as 'tcfilter' | 'macvtap' | 'none',
  queues: 1,
  vhost: false,
  inboundBitsPerSecond: 0,
  outboundBitsPerSecond: 0,
  ledger,
};

function link(index: number, changes: object = {}): object {
  return {
    ifindex: index,
    ifname: `eth${index}`,
    link_type: 'ether',
    address: `02:00:00:00:00:0${index}`,
    mtu: 1500,
    linkinfo: { info_kind: 'veth' },
    addr_info: [{ family: 'inet', local: `10.0.${index}.2`, prefixlen: 24, scope: 'global' }],
    ...changes,
  };
}
const route = (dev: string) => ({ dst: 'default', gateway: '10.0.1.1', dev, protocol: 'static' });

let namespace: RecordingNamespace;
/** What machine and guest were told, a line each. */
let told: string[];
let refusal: string | undefined;
/** Cards that the guest has ejected. */
let ejected: string[];

const follower: NetworkFollower = {
  machine: {
    plug: async ({ id }) => {
      told.push(`plug ${id}`);
      if (refusal !== undefined) throw new Error(refusal);
      ejected = ejected.filter((one) => one !== id);
      return { guestPciPath: '02/01' };
    },
    unplug: async (id) => {
      told.push(`unplug ${id}`);
      if (refusal !== undefined) throw new Error(refusal);
    },
    isGone: (id) => ejected.includes(id),
  },
  tell: async (changed: GuestView['interfaces'], { interfaces, routes }) => {
    told.push(`changed ${names(changed)}; all ${names(interfaces)}; routes ${routes.length}`);
  },
  failed: (message) => void told.push(`failed: ${message}`),
};
const names = (interfaces: GuestView['interfaces']) => interfaces.map(({ name }) => name).join(' ');

beforeEach(() => {
  namespace = new RecordingNamespace();
  told = [];
  refusal = undefined;
  ejected = [];
});
afterEach(() => {
  expect(namespace.openDescriptors()).toEqual([]);
});

async function following(): Promise<NamespaceNetwork> {
  const network = await NamespaceNetwork.connect(namespace, options);
  network.release();
  await network.follow(follower);
  return network;
}

/** The namespace changes; resolves when somebody was told, as often as `lines` says. */
async function change(lines: number, ...args: Parameters<RecordingNamespace['show']>): Promise<void> {
  namespace.show(...args);
  namespace.change();
  await vi.waitFor(() => expect(told.length).toBeGreaterThanOrEqual(lines));
}

test('every endpoint is joined, and left when it closes', async () => {
  namespace.show([link(1), link(2)], [route('eth1')]);
  const network = await NamespaceNetwork.connect(namespace, options);
  expect(network.devices.map(({ id }) => id)).toEqual(['net1', 'net2']);
  expect(names(network.view.interfaces)).toBe('eth1 eth2');
  await network.close();
  await network.close();
  expect(namespace.log.filter((line) => line.startsWith('ip link delete'))).toHaveLength(2);
});

test('one that cannot be joined: the others are left too', async () => {
  namespace.show([link(1), link(2)]);
  namespace.failing = 'tap htap2';
  await expect(NamespaceNetwork.connect(namespace, options)).rejects.toMatchObject({ code: 'refused' });
  expect(namespace.log).toContain('ip link delete dev htap1');
});

test('two interfaces with one MAC address are refused: the guest could not tell them apart', async () => {
  namespace.show([link(1), link(2, { address: '02:00:00:00:00:01' })]);
  await expect(NamespaceNetwork.connect(namespace, options)).rejects.toMatchObject({
    code: 'refused',
    message: expect.stringMatching(/eth2 .* 02:00:00:00:00:01 of eth1/),
  });
  expect(namespace.log).toContain('ip link delete dev htap1');
});

/** The second interface, with the address of the first. */
const clash = link(2, {
  addr_info: [{ family: 'inet', local: '10.0.1.2', prefixlen: 16, scope: 'global' }],
});

test('two interfaces with one address are refused: the guest would answer on one of them only', async () => {
  namespace.show([link(1), clash]);
  await expect(NamespaceNetwork.connect(namespace, options)).rejects.toMatchObject({
    code: 'refused',
    message: expect.stringMatching(/eth2 .* has the address 10\.0\.1\.2 of eth1; give each/),
  });
  expect(namespace.log).toContain('ip link delete dev htap1');
});

test('an address that another card has comes later: it is told, and the interface left out', async () => {
  namespace.show([link(1)]);
  const network = await following();
  await change(1, [link(1), clash]);
  expect(told.join()).toMatch(/failed: .*eth2 .*has the address 10\.0\.1\.2 of eth1/);
  expect(told.join()).not.toContain('plug');
  await network.close();
});

test('what the guest refused to be told is told with the next change', async () => {
  namespace.show([link(1)]);
  const network = await NamespaceNetwork.connect(namespace, options);
  network.release();
  let refuses = true;
  await network.follow({
    ...follower,
    tell: async (changed, view) => {
      if (refuses) throw new Error('busy');
      await follower.tell(changed, view);
    },
  });
  await change(1, [link(1, { mtu: 1400 })]);
  expect(told).toEqual(['failed: busy']);
  refuses = false;
  await change(2, [link(1, { mtu: 1400 })]);
  expect(told[1]).toBe('changed eth1; all eth1; routes 0');
  await network.close();
});

test('a watch that ends is told', async () => {
  namespace.show([link(1)]);
  const network = await following();
  namespace.endWatch('it ended');
  expect(told).toEqual(['failed: it ended']);
  await network.close();
});

test('model none joins nothing and says so', async () => {
  namespace.show([link(1)], [route('eth1')]);
  const notices: string[] = [];
  const network = await NamespaceNetwork.connect(namespace, {
    ...options,
    model: 'none',
    onNotice: (message) => notices.push(message),
  });
  expect(network.devices).toEqual([]);
  expect(network.view).toMatchObject({ interfaces: [], routes: [] });
  expect(notices).toEqual([expect.stringMatching(/eth1 .* not connected .* "none"/)]);
  expect(namespace.log).toEqual([]);
});

test('nothing changed: nobody is told', async () => {
  namespace.show([link(1)]);
  const network = await following();
  namespace.change();
  await network.close();
  expect(told).toEqual([]);
  expect(namespace.log).toContain('watch closed');
});

test('an interface appears, changes and vanishes', async () => {
  namespace.show([link(1)], [route('eth1')]);
  const network = await following();
  await change(2, [link(1), link(2)], [route('eth1')]);
  expect(told).toEqual(['plug net2', 'changed eth2; all eth1 eth2; routes 1']);
  await change(3, [link(1, { mtu: 1400 }), link(2)], [route('eth1')]);
  expect(told[2]).toBe('changed eth1; all eth1 eth2; routes 1');
  expect(namespace.log).toContain('ip link set dev htap1 mtu 1400');
  await change(4, [link(1, { mtu: 1400 }), link(2)]);
  expect(told[3]).toBe('changed ; all eth1 eth2; routes 0');
  await change(6, [link(2)]);
  expect(told.slice(4)).toEqual(['unplug net1', 'changed ; all eth2; routes 0']);
  expect(namespace.log).toContain('ip link delete dev htap1');
  await network.close();
});

test('another MAC address is another card', async () => {
  namespace.show([link(1)]);
  const network = await following();
  await change(3, [link(1, { address: '02:00:00:00:00:99' })]);
  expect(told).toEqual(['unplug net1', 'plug net1', 'changed eth1; all eth1; routes 0']);
  await network.close();
});

test('a card that the guest ejected comes back with the next change, and its end holds nothing up', async () => {
  namespace.show([link(1), link(2)]);
  const network = await following();
  ejected = ['net1'];
  await change(3, [link(1), link(2, { mtu: 1400 })]);
  expect(told).toEqual(['unplug net1', 'plug net1', 'changed eth1 eth2; all eth1 eth2; routes 0']);
  ejected = ['net1'];
  await change(5, [link(2, { mtu: 1400 })]);
  expect(told.slice(3)).toEqual(['unplug net1', 'changed ; all eth2; routes 0']);
  await network.close();
});

test('a card that the VM refuses leaves nothing, and is tried again with the next change', async () => {
  namespace.show([]);
  const network = await following();
  refusal = 'no place';
  await change(2, [link(1)]);
  expect(told).toEqual(['plug net1', 'failed: interface eth1 is not connected to the VM: no place']);
  expect(namespace.log).toContain('ip link delete dev htap1');
  expect(network.devices).toEqual([]);
  refusal = undefined;
  await change(4, [link(1)]);
  expect(told.slice(2)).toEqual(['plug net1', 'changed eth1; all eth1; routes 0']);
  await network.close();
});

test('a scan that fails is told, and the next one goes on', async () => {
  namespace.show([]);
  const network = await following();
  namespace.answers.set('ip -json -details address', 'nonsense');
  namespace.change();
  await vi.waitFor(() => expect(told).toEqual([expect.stringMatching(/^failed: cannot read/)]));
  await change(3, [link(1)]);
  expect(told.slice(1)).toEqual(['plug net1', 'changed eth1; all eth1; routes 0']);
  await network.close();
});

test('under a macvtap the namespace shows nothing of what the guest has', async () => {
  namespace.show([link(1)], [route('eth1')]);
  const network = await NamespaceNetwork.connect(namespace, { ...options, model: 'macvtap' });
  network.release();
  namespace.show([link(1, { address: '02:00:00:00:00:88', addr_info: [] })]);
  await network.follow(follower);
  expect(told).toEqual([]);
  expect(names(network.view.interfaces)).toBe('eth1');
  expect(network.view.routes).toHaveLength(1);
  await change(2, []);
  expect(told).toEqual(['unplug net1', 'changed ; all ; routes 0']);
  await network.close();
  // Nothing is due any more.
  await delay(0);
});
