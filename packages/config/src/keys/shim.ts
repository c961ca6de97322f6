import type { KeyTable } from '../key.ts';
import { flag, path } from '../values.ts';

/** `[shim.kata]` of 1.x: the process that stands for a container process. */
export interface ShimConfig {
  /** Process that stands for a container process on the host. Default `'/usr/bin/qemu-system-x86_64'`. */
  readonly path: string;
  /** Shim debug. Default `false`. */
  readonly enableDebug: boolean;
  /** Shim spans; needs disable_new_netns. Default `false`. */
  readonly enableTracing: boolean;
}

export const shimKeys: KeyTable<ShimConfig> = {
  path: {
    toml: 'path',
    type: path,
    default: '/usr/bin/qemu-system-x86_64',
    lines: ['1.x'],
    meaning: 'Process that stands for a container process on the host.',
  },
  enableDebug: {
    toml: 'enable_debug',
    type: flag,
    default: false,
    lines: ['1.x'],
    meaning: 'Shim debug.',
  },
  enableTracing: {
    toml: 'enable_tracing',
    type: flag,
    default: false,
    lines: ['1.x'],
    meaning: 'Shim spans; needs disable_new_netns.',
  },
};
