import type { Policy } from '@hako/annotations';
import type { HypervisorConfig, RuntimeConfig } from '@hako/config';
import type { Origin, Origins } from '@hako/shape';

const policies = new WeakMap<
  HypervisorConfig,
  { readonly origin: Origin | undefined; readonly policy: Policy }
>();

/**
 * The operator's policy as the configuration has it. A configuration that sets `enable_annotations` means exactly
 * these hypervisor keys, as Kata does; one that says nothing also lets harmless keys through.
 */
export function policyFromConfig(
  { hypervisor }: Pick<RuntimeConfig, 'hypervisor'>,
  origins: Origins = {},
): Policy {
  const origin = origins['hypervisor.enableAnnotations'];
  // Kept per configuration: the engine compiles a policy's patterns once per policy.
  const known = policies.get(hypervisor);
  if (known !== undefined && known.origin === origin) return known.policy;
  const policy = makePolicy(hypervisor, origin);
  policies.set(hypervisor, { origin, policy });
  return policy;
}

function makePolicy(hypervisor: HypervisorConfig, origin: Origin | undefined): Policy {
  return {
    enableAnnotations: hypervisor.enableAnnotations,
    listedOnly: origin?.kind === 'file',
    pathLists: {
      valid_hypervisor_paths: hypervisor.validHypervisorPaths,
      valid_jailer_paths: hypervisor.validJailerPaths,
      valid_ctlpaths: hypervisor.validCtlpaths,
      valid_virtio_fs_daemon_paths: hypervisor.validVirtioFsDaemonPaths,
      valid_vhost_user_store_paths: hypervisor.validVhostUserStorePaths,
      valid_entropy_sources: hypervisor.validEntropySources,
      valid_file_mem_backends: hypervisor.validFileMemBackends,
    },
    ...(origin?.kind === 'file' ? { source: { file: origin.file, line: origin.line } } : {}),
  };
}
