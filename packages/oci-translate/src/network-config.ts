import type { RuntimeConfig } from '@hako/config';
import type { Linux } from '@hako/oci-spec';

/** Where the sandbox's network comes from. */
export interface NetworkConfig {
  /** Path of the network namespace to take endpoints from. Default absent: the spec asks for a new, empty one. */
  readonly netNsPath?: string;
  /** How endpoints are joined to the VM. Default `'tcfilter'`. */
  readonly internetworkingModel: 'tcfilter' | 'macvtap' | 'none' | 'user';
  /** Whether the hypervisor stays in the host's network namespace. Default `false`. */
  readonly disableNewNetNs: boolean;
}

/** The last network namespace with a path counts; one without a path does not undo an earlier one. */
export function networkConfig(
  linux: Pick<Linux, 'namespaces'> | undefined,
  { runtime }: Pick<RuntimeConfig, 'runtime'>,
): NetworkConfig {
  let netNsPath = '';
  for (const { type, path } of linux?.namespaces ?? [])
    if (type === 'network' && path !== undefined && path !== '') netNsPath = path;
  return {
    ...(netNsPath === '' ? {} : { netNsPath }),
    internetworkingModel: runtime.internetworkingModel,
    disableNewNetNs: runtime.disableNewNetns,
  };
}
