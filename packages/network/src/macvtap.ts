import type { NetworkResource } from '@hako/hypervisor';
import type { Endpoint, EndpointRoute } from './endpoint.ts';
import type { JoinOptions } from './join-options.ts';
import type { JoinPlan } from './join-plan.ts';
import { ifbName, tapName } from './own-links.ts';
import { redirectCommands, shapeCommands } from './shape-commands.ts';

/**
 * Kata's `macvtap`: a macvtap on top of the endpoint takes its MAC, so that switches and firewalls see what they know; the
 * endpoint itself gets another one and no address, so that its stack answers nothing.
 *
 * @param otherMac the endpoint's own from now on
 * @param routes those over the endpoint, which go with its addresses
 */
export function macvtapPlan(
  netNs: NetworkResource['netNs'],
  endpoint: Endpoint,
  options: JoinOptions,
  otherMac: string,
  routes: readonly EndpointRoute[],
): JoinPlan {
  const { name, mac, mtu, addresses } = endpoint;
  const { inboundBitsPerSecond, outboundBitsPerSecond } = options;
  const tap = tapName(endpoint.index);
  const ifb = ifbName(endpoint.index);
  const limited = inboundBitsPerSecond > 0;
  return {
    resources: [
      {
        kind: 'network-link-state',
        netNs,
        link: name,
        mac,
        addresses: addresses.map(({ address, prefixLength }) => `${address}/${prefixLength}`),
        routes: routes.map(routeCommand),
      },
      { kind: 'network-link', netNs, name: tap },
      // What arrives goes past the macvtap's own queue, so it is shaped on its way through another device.
      ...(limited
        ? ([
            { kind: 'network-link', netNs, name: ifb },
            { kind: 'network-qdisc', netNs, link: name, place: 'ingress' },
          ] as const)
        : []),
    ],
    needsFree: limited ? ['ingress'] : [],
    ip: {
      beforeOpen: [
        `link add link ${name} name ${tap} type macvtap mode bridge`,
        `link set dev ${name} address ${otherMac}`,
        `address flush dev ${name}`,
        `link set dev ${tap} address ${mac} mtu ${mtu} up`,
        `link set dev ${name} up`,
        ...(limited ? [`link add name ${ifb} type ifb`, `link set dev ${ifb} up`] : []),
      ],
      afterOpen: [],
    },
    tc: [
      ...(limited ? [...redirectCommands(name, ifb), ...shapeCommands(ifb, inboundBitsPerSecond)] : []),
      ...(outboundBitsPerSecond > 0 ? shapeCommands(tap, outboundBitsPerSecond) : []),
    ],
    device: { kind: 'macvtap', name: tap },
  };
}

/** As `ip route add` takes it, without options before, of which a batch has none: so the destination tells the family. */
function routeCommand(route: EndpointRoute): string {
  const { family, destination, gateway, source, metric, mtu, onLink, scope } = route;
  return [
    destination === 'default' ? (family === 'inet6' ? '::/0' : '0.0.0.0/0') : destination,
    ...(gateway === undefined ? [] : ['via', gateway]),
    'dev',
    route.interface,
    ...(source === undefined ? [] : ['src', source]),
    ...(metric === undefined ? [] : ['metric', String(metric)]),
    ...(family === 'inet' ? ['scope', String(scope)] : []),
    ...(mtu === undefined ? [] : ['mtu', String(mtu)]),
    ...(onLink ? ['onlink'] : []),
  ].join(' ');
}
