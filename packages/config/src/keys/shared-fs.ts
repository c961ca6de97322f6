import { type KeyTable, parameterOf, refused } from '../key.ts';
import { count, flag, path, word, words } from '../values.ts';

/** `[hypervisor.qemu]`: how host files reach the guest. */
export interface SharedFsConfig {
  /** How host files reach the guest. Default `'virtio-fs'`; with enable_template `'virtio-9p'`. */
  readonly sharedFs: 'virtio-fs' | 'virtio-9p' | 'none';
  /** Sharing daemon. Default `'/usr/libexec/virtiofsd'`. */
  readonly virtioFsDaemon: string;
  /** DAX window; 0 = no DAX. MiB. Default `0`. */
  readonly virtioFsCacheSizeMib: number;
  /** Virtqueue depth. Default `1024`. */
  readonly virtioFsQueueSize: number;
  /** More daemon arguments. Default empty. */
  readonly virtioFsExtraArgs: readonly string[];
  /** Cache mode. Unset in the file = never. Default `'auto'`. */
  readonly virtioFsCache: string;
  /** Use DAX. Default `false`. */
  readonly virtioFsIsDax: boolean;
  /** 9p packet size. Bytes. Default `8192`. */
  readonly msize9pBytes: number;
  /** File prefetch list. Default empty. */
  readonly prefetchListPath: string;
}

export const sharedFsKeys: KeyTable<SharedFsConfig> = {
  sharedFs: {
    toml: 'shared_fs',
    type: word(['virtio-fs', 'virtio-9p', 'none']),
    default: 'virtio-fs',
    default1x: 'virtio-9p',
    lines: ['1.x', '3.x'],
    meaning: 'How host files reach the guest.',
    rule: 'unset with enable_template = virtio-9p, whose copies share memory',
  },
  virtioFsDaemon: {
    toml: 'virtio_fs_daemon',
    type: path,
    default: '/usr/libexec/virtiofsd',
    lines: ['1.x', '3.x'],
    meaning: 'Sharing daemon.',
  },
  virtioFsCacheSizeMib: {
    toml: 'virtio_fs_cache_size',
    type: count,
    default: 0,
    default1x: 1024,
    unit: 'MiB',
    lines: ['1.x', '3.x'],
    meaning: 'DAX window; 0 = no DAX.',
    effect: parameterOf('virtio_fs_is_dax'),
  },
  virtioFsQueueSize: {
    toml: 'virtio_fs_queue_size',
    type: count,
    default: 1024,
    lines: ['3.x'],
    meaning: 'Virtqueue depth.',
  },
  virtioFsExtraArgs: {
    toml: 'virtio_fs_extra_args',
    type: words,
    default: [],
    lines: ['1.x', '3.x'],
    meaning: 'More daemon arguments.',
  },
  virtioFsCache: {
    toml: 'virtio_fs_cache',
    type: word(['never', 'none', 'metadata', 'auto', 'always']),
    default: 'auto',
    default1x: 'always',
    lines: ['1.x', '3.x'],
    meaning:
      'Cache mode. auto reads a file anew at each open, which under software emulation makes each start of a program some 60 ms longer; always does not, and sees no change by the host.',
    rule: 'unset in the file = never',
  },
  virtioFsIsDax: {
    toml: 'virtio_fs_is_dax',
    type: flag,
    default: false,
    lines: ['3.x'],
    meaning: 'Use DAX.',
    effect: refused('QEMU has no DAX window for virtio-fs'),
  },
  msize9pBytes: {
    toml: 'msize_9p',
    type: count,
    default: 8192,
    unit: 'bytes',
    lines: ['1.x', '3.x'],
    meaning: '9p packet size.',
  },
  prefetchListPath: {
    toml: 'prefetch_list_path',
    type: path,
    default: '',
    lines: ['3.x'],
    meaning: 'File prefetch list.',
    effect: refused('files are prefetched by nydus, which is not supported'),
  },
};
