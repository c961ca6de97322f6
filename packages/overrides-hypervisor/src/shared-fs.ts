import { type Override, oneOf, text, uint, uint32 } from '@hako/annotations';
import type { RuntimeConfig } from '@hako/config';
import { prefix, rows } from './rows.ts';
import { extraArgsSemantics, sharedFsSemantics } from './shared-fs-values.ts';

/** Keys about how host files reach the guest. */
export const sharedFsOverrides: readonly Override<RuntimeConfig>[] = [
  rows.set(`${prefix}shared_fs`, 'hypervisor', 'sharedFs', sharedFsSemantics, {
    meaning: 'How host directories reach the guest.',
    limits: 'one of virtio-fs, virtio-9p, none (1.x: virtio-fs, virtio-9p)',
    since: '1.x',
  }),
  rows.set(
    `${prefix}virtio_fs_daemon`,
    'hypervisor',
    'virtioFsDaemon',
    { codec: text },
    {
      meaning: 'File sharing daemon program.',
      limits: 'virtio-fs without a daemon is an error',
      since: '1.x',
      sensitive: 'runs a program on the host',
      pathList: 'valid_virtio_fs_daemon_paths',
    },
  ),
  rows.set(
    `${prefix}virtio_fs_cache`,
    'hypervisor',
    'virtioFsCache',
    { '1.x': { codec: text }, '3.x': { codec: oneOf(['never', 'none', 'metadata', 'auto', 'always']) } },
    {
      meaning: 'Cache mode of the share.',
      limits: 'one of never, none (1.x word for never), metadata, auto, always',
      since: '1.x',
    },
  ),
  rows.set(
    `${prefix}virtio_fs_cache_size`,
    'hypervisor',
    'virtioFsCacheSizeMib',
    { codec: uint32 },
    { meaning: 'DAX window.', unit: 'MiB', since: '1.x' },
  ),
  rows.set(`${prefix}virtio_fs_extra_args`, 'hypervisor', 'virtioFsExtraArgs', extraArgsSemantics, {
    meaning: 'More arguments for the daemon, added to the configured ones.',
    limits: 'a JSON array of texts, or texts between commas; added to the configured ones',
    since: '1.x',
    sensitive: 'can re-point the shared directory to / and turn the sandbox of the daemon off',
  }),
  rows.set(
    `${prefix}msize_9p`,
    'hypervisor',
    'msize9pBytes',
    { codec: uint({ min: 1 }) },
    { meaning: '9p packet payload.', unit: 'bytes', limits: 'at least 1', since: '1.x' },
  ),
];
