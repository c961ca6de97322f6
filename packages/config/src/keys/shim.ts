import { type KeyTable, noEffect } from '../key.ts';
import { flag, path } from '../values.ts';

/** `[shim.kata]` of 1.x: the process that stands for a container process. */
export interface ShimConfig {
  /** Process that stands for a container process on the host. Default `'/usr/libexec/kata-containers/kata-shim'`. */
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
    default: '/usr/libexec/kata-containers/kata-shim',
    lines: ['1.x'],
    meaning: 'Process that stands for a container process on the host.',
    effect: noEffect('there is no such process'),
  },
  enableDebug: {
    toml: 'enable_debug',
    type: flag,
    default: false,
    lines: ['1.x'],
    meaning: 'Shim debug.',
    effect: noEffect('there is no such process'),
  },
  enableTracing: {
    toml: 'enable_tracing',
    type: flag,
    default: false,
    lines: ['1.x'],
    meaning: 'Shim spans; needs disable_new_netns.',
    effect: noEffect('there is no such process'),
  },
};
