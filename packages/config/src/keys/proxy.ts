import { type KeyTable, noEffect } from '../key.ts';
import { flag, path } from '../values.ts';

/** `[proxy.kata]` of 1.x: the process between shims and agent. */
export interface ProxyConfig {
  /** Proxy program between shims and agent. Default `'/usr/libexec/kata-containers/kata-proxy'`. */
  readonly path: string;
  /** Proxy debug. Default `false`. */
  readonly enableDebug: boolean;
}

export const proxyKeys: KeyTable<ProxyConfig> = {
  path: {
    toml: 'path',
    type: path,
    default: '/usr/libexec/kata-containers/kata-proxy',
    lines: ['1.x'],
    meaning: 'Proxy program between shims and agent.',
    effect: noEffect('there is no such process'),
  },
  enableDebug: {
    toml: 'enable_debug',
    type: flag,
    default: false,
    lines: ['1.x'],
    meaning: 'Proxy debug.',
    effect: noEffect('there is no such process'),
  },
};
