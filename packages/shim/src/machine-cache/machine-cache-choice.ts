import type { SandboxConfig } from '@hako/oci-translate';

/** Where machines are kept ready, and for which sandbox one is wanted. */
export interface MachineCacheChoice {
  readonly endpoint: string;
  readonly config: SandboxConfig;
}

/** That of a sandbox; undefined where its configuration has none. */
export function machineCacheOf(config: SandboxConfig): MachineCacheChoice | undefined {
  const { vmCacheNumber, vmCacheEndpoint: endpoint } = config.factory;
  return vmCacheNumber === 0 ? undefined : { endpoint, config };
}
