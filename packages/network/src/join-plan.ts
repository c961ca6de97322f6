import type { NetworkResource } from '@hako/hypervisor';

/** All that joining an endpoint will do, before any of it is done. */
export interface JoinPlan {
  /** To be announced first, and undone last to first. */
  readonly resources: readonly NetworkResource[];
  /** Places of the endpoint where nobody may have a queueing discipline yet: it would be in the way, and undone with ours. */
  readonly needsFree: readonly ('ingress' | 'root')[];
  /** Commands of `ip`, around the opening of the device. */
  readonly ip: { readonly beforeOpen: readonly string[]; readonly afterOpen: readonly string[] };
  /** Commands of `tc`, after all those. */
  readonly tc: readonly string[];
  /** What the VMM gets descriptors of. */
  readonly device: { readonly kind: 'tap' | 'macvtap'; readonly name: string };
}
