import { type KeyTable, noEffect } from '../key.ts';
import { flag, path } from '../values.ts';

/** `[netmon]` of 1.x: watcher of the network namespace. */
export interface NetmonConfig {
  /** Watch the network namespace for later changes. Default `false`. */
  readonly enableNetmon: boolean;
  /** Watcher program. Default `'/usr/libexec/kata-containers/kata-netmon'`. */
  readonly path: string;
  /** Watcher debug. Default `false`. */
  readonly enableDebug: boolean;
}

export const netmonKeys: KeyTable<NetmonConfig> = {
  enableNetmon: {
    toml: 'enable_netmon',
    type: flag,
    default: false,
    lines: ['1.x'],
    meaning: 'Watch the network namespace for later changes.',
    effect: noEffect('there is no such process'),
  },
  path: {
    toml: 'path',
    type: path,
    default: '/usr/libexec/kata-containers/kata-netmon',
    lines: ['1.x'],
    meaning: 'Watcher program.',
    effect: noEffect('there is no such process'),
  },
  enableDebug: {
    toml: 'enable_debug',
    type: flag,
    default: false,
    lines: ['1.x'],
    meaning: 'Watcher debug.',
    effect: noEffect('there is no such process'),
  },
};
