import type { KeyTable } from '../key.ts';
import { count, flag, path } from '../values.ts';

/** `[factory]`: VMs prepared before they are asked for. */
export interface FactoryConfig {
  /** Start VMs as copies of a template, which makes itself. Default `false`. */
  readonly enableTemplate: boolean;
  /** Where templates are. Default `'/run/hako/.templates'`; 1.x: `'/run/vc/vm/template'`. */
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
    meaning: 'Start VMs as copies of a template, which the first start of a configuration makes.',
    rule: 'copies share memory pages that none has written: one VM may learn what another has read of them (CVE-2015-2877)',
  },
  templatePath: {
    toml: 'template_path',
    type: path,
    default: '/run/hako/.templates',
    default1x: '/run/vc/vm/template',
    lines: ['1.x', '3.x'],
    aliases: [{ section: 'hypervisor.qemu.factory', toml: 'template_path' }],
    meaning: 'Where templates are: a folder of root alone, best on a tmpfs.',
  },
  vmCacheNumber: {
    toml: 'vm_cache_number',
    type: count,
    default: 0,
    lines: ['1.x', '3.x'],
    meaning: 'VMs kept ready by a cache server; 0 = off.',
    rule: 'QEMU only; `hako factory init` serves them',
  },
  vmCacheEndpoint: {
    toml: 'vm_cache_endpoint',
    type: path,
    default: '/var/run/kata-containers/cache.sock',
    lines: ['1.x', '3.x'],
    meaning: 'Cache server socket; its machines are in a folder beside it.',
  },
};
