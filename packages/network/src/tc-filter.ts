import type { NetworkResource } from '@hako/hypervisor';
import type { Endpoint } from './endpoint.ts';
import type { JoinOptions } from './join-options.ts';
import type { JoinPlan } from './join-plan.ts';
import { tapName } from './own-links.ts';
import { redirectCommands, shapeCommands } from './shape-commands.ts';

/**
 * Kata's `tcfilter`: a tap beside the endpoint, and what arrives at either leaves by the other. The endpoint keeps MAC and
 * addresses; the guest has the same, and the namespace's own stack sees nothing any more.
 */
export function tcFilterPlan(
  netNs: NetworkResource['netNs'],
  endpoint: Endpoint,
  options: JoinOptions,
): JoinPlan {
  const { name, mtu } = endpoint;
  const { inboundBitsPerSecond, outboundBitsPerSecond } = options;
  const tap = tapName(endpoint.index);
  const limited = outboundBitsPerSecond > 0;
  return {
    resources: [
      { kind: 'network-link', netNs, name: tap },
      { kind: 'network-qdisc', netNs, link: name, place: 'ingress' },
      ...(limited ? [{ kind: 'network-qdisc', netNs, link: name, place: 'root' } as const] : []),
    ],
    needsFree: limited ? ['ingress', 'root'] : ['ingress'],
    ip: { beforeOpen: [], afterOpen: [`link set dev ${tap} mtu ${mtu} up`, `link set dev ${name} up`] },
    tc: [
      ...redirectCommands(name, tap),
      ...redirectCommands(tap, name),
      ...(inboundBitsPerSecond > 0 ? shapeCommands(tap, inboundBitsPerSecond) : []),
      ...(limited ? shapeCommands(name, outboundBitsPerSecond) : []),
    ],
    device: { kind: 'tap', name: tap },
  };
}
