import { defaultRuntimeConfig, type HypervisorConfig } from '@hako/config';
import { expect, test } from 'vitest';
import { policyFromConfig } from './policy-from-config.ts';

test('every list of the operator reaches the policy under its own name', () => {
  const lists: Partial<HypervisorConfig> = {
    validHypervisorPaths: ['/a'],
    validJailerPaths: ['/b'],
    validCtlpaths: ['/c'],
    validVirtioFsDaemonPaths: ['/d'],
    validVhostUserStorePaths: ['/e'],
    validEntropySources: ['/f'],
    validFileMemBackends: ['/g'],
    enableAnnotations: ['kernel'],
  };
  const config = { hypervisor: { ...defaultRuntimeConfig().hypervisor, ...lists } };
  expect(policyFromConfig(config)).toEqual({
    enableAnnotations: ['kernel'],
    listedOnly: false,
    pathLists: {
      valid_hypervisor_paths: ['/a'],
      valid_jailer_paths: ['/b'],
      valid_ctlpaths: ['/c'],
      valid_virtio_fs_daemon_paths: ['/d'],
      valid_vhost_user_store_paths: ['/e'],
      valid_entropy_sources: ['/f'],
      valid_file_mem_backends: ['/g'],
    },
  });
  const origin = { kind: 'file', file: '/etc/c.toml', line: 3, key: 'enable_annotations' } as const;
  expect(policyFromConfig(config, { 'hypervisor.enableAnnotations': origin })).toMatchObject({
    listedOnly: true,
    source: { file: '/etc/c.toml', line: 3 },
  });
});
