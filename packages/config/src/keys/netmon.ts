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
    effect: noEffect('changes of the namespace are always followed, without a program of their own'),
  },
  path: {
    toml: 'path',
    type: path,
    default: '/usr/libexec/kata-containers/kata-netmon',
    lines: ['1.x'],
    meaning: 'Watcher program.',
    effect: noEffect('changes of the namespace are always followed, without a program of their own'),
  },
  enableDebug: {
    toml: 'enable_debug',
    type: flag,
    default: false,
    lines: ['1.x'],
    meaning: 'Watcher debug.',
    effect: noEffect('changes of the namespace are always followed, without a program of their own'),
  },
};
