import { type KeyTable, noEffect } from '../key.ts';
import { count, flag, path } from '../values.ts';

/** `[factory]`: VMs prepared before they are asked for. */
export interface FactoryConfig {
  /** Clone VMs from a template. Needs initrd; not with virtio-fs. Default `false`. */
  readonly enableTemplate: boolean;
  /** Where the template lives (tmpfs). Default `'/run/vc/vm/template'`. */
  readonly templatePath: string;
  /** VMs kept ready by a cache server; 0 = off. QEMU only. Default `0`. */
  readonly vmCacheNumber: number;
  /** Cache server socket. Default `'/var/run/kata-containers/cache.sock'`. */
  readonly vmCacheEndpoint: string;
}

export const factoryKeys: KeyTable<FactoryConfig> = {
  enableTemplate: {
    toml: 'enable_template',
    type: flag,
    default: false,
    lines: ['1.x', '3.x'],
    aliases: [{ section: 'hypervisor.qemu.factory', toml: 'enable_template' }],
    meaning: 'Clone VMs from a template.',
    rule: 'needs initrd; not with virtio-fs',
    effect: noEffect('templates are not made yet'),
  },
  templatePath: {
    toml: 'template_path',
    type: path,
    default: '/run/vc/vm/template',
    lines: ['1.x', '3.x'],
    aliases: [{ section: 'hypervisor.qemu.factory', toml: 'template_path' }],
    meaning: 'Where the template lives (tmpfs).',
    effect: noEffect('templates are not made yet'),
  },
  vmCacheNumber: {
    toml: 'vm_cache_number',
    type: count,
    default: 0,
    lines: ['1.x', '3.x'],
    meaning: 'VMs kept ready by a cache server; 0 = off.',
    rule: 'QEMU only',
    effect: noEffect('templates are not made yet'),
  },
  vmCacheEndpoint: {
    toml: 'vm_cache_endpoint',
    type: path,
    default: '/var/run/kata-containers/cache.sock',
    lines: ['1.x', '3.x'],
    meaning: 'Cache server socket.',
    effect: noEffect('templates are not made yet'),
  },
};
