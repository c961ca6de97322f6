import type { Policy } from '@hako/annotations';
import type { RuntimeConfig } from '@hako/config';
import type { Origins } from '@hako/shape';

/**
 * The operator's policy as the configuration has it. A configuration that sets `enable_annotations` means exactly
 * these hypervisor keys, as Kata does; one that says nothing also lets harmless keys through.
 */
export function policyFromConfig(
  { hypervisor }: Pick<RuntimeConfig, 'hypervisor'>,
  origins: Origins = {},
): Policy {
  const origin = origins['hypervisor.enableAnnotations'];
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
