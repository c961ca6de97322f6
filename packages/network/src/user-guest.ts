import { IPFamily } from '@hako/agent-protocol';
import type { GuestView } from './guest-view.ts';

/** The guest's side of every user-mode network; nothing outside sees it. */
export const guest = {
  mac: '02:68:61:6b:6f:01',
  address: '10.0.2.15',
  prefixLength: 24,
  gateway: '10.0.2.2',
  nameServer: '10.0.2.3',
  /** Where the host reaches others by IPv6; a network of its own, as that of IPv4 is. */
  v6: { address: 'fd68:616b:6f00::15', prefixLength: 64, gateway: 'fd68:616b:6f00::2' },
  mtu: 65_520,
} as const;

/** What passt is told of it. `hasV6`: the host reaches others by IPv6. */
export function passtArguments(hasV6: boolean): readonly string[] {
  const { address, prefixLength, gateway, nameServer, mtu, v6 } = guest;
  return [
    // What the host cannot pass on would be waited for in the guest.
    ...(hasV6 ? ['--address', v6.address, '--no-ra', '--no-dhcpv6'] : ['--ipv4-only']),
    ...['--address', address, '--netmask', String(prefixLength)],
    ...['--gateway', gateway, '--dns-forward', nameServer, '--mtu', String(mtu)],
    // Its gateway would else stand for the host's loopback.
    ...['--no-map-gw', '--tcp-ports', 'none', '--udp-ports', 'none'],
  ];
}

/** What the guest is told. */
export function userView(hasV6: boolean): GuestView {
  const { mac, mtu, v6 } = guest;
  const families = [{ ...guest, family: IPFamily.v4 }, ...(hasV6 ? [{ ...v6, family: IPFamily.v6 }] : [])];
  return {
    interfaces: [
      {
        device: 'eth0',
        name: 'eth0',
        IPAddresses: families.map(({ family, address, prefixLength }) => ({
          family,
          address,
          mask: String(prefixLength),
        })),
        mtu: BigInt(mtu),
        hwAddr: mac,
        devicePath: '',
        type: '',
        rawFlags: 0,
      },
    ],
    routes: families.map(({ family, gateway }) => ({
      ...{ dest: '', gateway, device: 'eth0', source: '' },
      ...{ scope: 0, family, flags: 0, mtu: 0 },
    })),
    priorities: families.map(() => 0),
    neighbours: [],
  };
}
