import { type KeyTable, notDriven } from '../key.ts';
import { flag, path } from '../values.ts';

/** `[netmon]` of 1.x: watcher of the network namespace. */
export interface NetmonConfig {
  /** Watch the network namespace for later changes. Default `false`. */
  readonly enableNetmon: boolean;
  /** Watcher program. Default `'/usr/bin/qemu-system-x86_64'`. */
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
    effect: notDriven,
  },
  path: {
    toml: 'path',
    type: path,
    default: '/usr/bin/qemu-system-x86_64',
    lines: ['1.x'],
    meaning: 'Watcher program.',
  },
  enableDebug: {
    toml: 'enable_debug',
    type: flag,
    default: false,
    lines: ['1.x'],
    meaning: 'Watcher debug.',
  },
};
