import type { KeyTable } from '../key.ts';
import { flag, path } from '../values.ts';

/** `[proxy.kata]` of 1.x: the process between shims and agent. */
export interface ProxyConfig {
  /** Proxy program between shims and agent. Default `'/usr/bin/qemu-system-x86_64'`. */
  readonly path: string;
  /** Proxy debug. Default `false`. */
  readonly enableDebug: boolean;
}

export const proxyKeys: KeyTable<ProxyConfig> = {
  path: {
    toml: 'path',
    type: path,
    default: '/usr/bin/qemu-system-x86_64',
    lines: ['1.x'],
    meaning: 'Proxy program between shims and agent.',
  },
  enableDebug: {
    toml: 'enable_debug',
    type: flag,
    default: false,
    lines: ['1.x'],
    meaning: 'Proxy debug.',
  },
};
