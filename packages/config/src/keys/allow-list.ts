import type { KeyTable } from '../key.ts';
import { patterns, words } from '../values.ts';

/** `[hypervisor.qemu]`: what annotations may ask for. */
export interface AllowListConfig {
  /** Allow-list for hypervisor annotations. Default `['enable_iommu', 'kernel_params', 'kernel_verity_params', 'default_vcpus', 'default_memory']`. */
  readonly enableAnnotations: readonly string[];
  /** Which programs the path annotation may name. Missing or empty refuses all. Default `['/usr/bin/qemu-system-x86_64']`. */
  readonly validHypervisorPaths: readonly string[];
  /** Allowed jailers. Default empty. */
  readonly validJailerPaths: readonly string[];
  /** Allowed control programs. Default empty. */
  readonly validCtlpaths: readonly string[];
  /** Which daemons the annotation may name. Default `['/usr/libexec/virtiofsd']`. */
  readonly validVirtioFsDaemonPaths: readonly string[];
  /** Which directories the annotation may name. Default `['/run/kata-containers/vhost-user']`. */
  readonly validVhostUserStorePaths: readonly string[];
  /** Which sources the annotation may name. Default `['/dev/urandom', '/dev/random', '']`. */
  readonly validEntropySources: readonly string[];
  /** Which memory directories the annotation may name. Until 3.31. Default empty. */
  readonly validFileMemBackends: readonly string[];
}

export const allowListKeys: KeyTable<AllowListConfig> = {
  enableAnnotations: {
    toml: 'enable_annotations',
    type: patterns,
    default: ['enable_iommu', 'kernel_params', 'kernel_verity_params', 'default_vcpus', 'default_memory'],
    lines: ['3.x'],
    meaning: 'Allow-list for hypervisor annotations.',
  },
  validHypervisorPaths: {
    toml: 'valid_hypervisor_paths',
    type: words,
    default: ['/usr/bin/qemu-system-x86_64'],
    lines: ['3.x'],
    meaning: 'Which programs the path annotation may name.',
    rule: 'missing or empty refuses all',
  },
  validJailerPaths: {
    toml: 'valid_jailer_paths',
    type: words,
    default: [],
    lines: ['3.x'],
    meaning: 'Allowed jailers.',
  },
  validCtlpaths: {
    toml: 'valid_ctlpaths',
    type: words,
    default: [],
    lines: ['3.x'],
    meaning: 'Allowed control programs.',
  },
  validVirtioFsDaemonPaths: {
    toml: 'valid_virtio_fs_daemon_paths',
    type: words,
    default: ['/usr/libexec/virtiofsd'],
    lines: ['3.x'],
    meaning: 'Which daemons the annotation may name.',
  },
  validVhostUserStorePaths: {
    toml: 'valid_vhost_user_store_paths',
    type: words,
    default: ['/run/kata-containers/vhost-user'],
    lines: ['3.x'],
    meaning: 'Which directories the annotation may name.',
  },
  validEntropySources: {
    toml: 'valid_entropy_sources',
    type: words,
    default: ['/dev/urandom', '/dev/random', ''],
    lines: ['3.x'],
    meaning: 'Which sources the annotation may name.',
  },
  validFileMemBackends: {
    toml: 'valid_file_mem_backends',
    type: words,
    default: [],
    lines: ['3.x'],
    meaning: 'Which memory directories the annotation may name.',
    rule: 'until 3.31',
  },
};
