import { type ConfigKey, isEitherWay, type KeyTable } from './key.ts';
import { agentKeys } from './keys/agent.ts';
import { allowListKeys } from './keys/allow-list.ts';
import { blockKeys } from './keys/block.ts';
import { bootKeys } from './keys/boot.ts';
import { confidentialKeys } from './keys/confidential.ts';
import { cpuKeys } from './keys/cpu.ts';
import { devicesKeys } from './keys/devices.ts';
import { factoryKeys } from './keys/factory.ts';
import { hypervisorNetworkKeys } from './keys/hypervisor-network.ts';
import { memAgentKeys } from './keys/mem-agent.ts';
import { memoryKeys } from './keys/memory.ts';
import { netmonKeys } from './keys/netmon.ts';
import { proxyKeys } from './keys/proxy.ts';
import { runtimeKeys } from './keys/runtime.ts';
import { sharedFsKeys } from './keys/shared-fs.ts';
import { shimKeys } from './keys/shim.ts';
import { vmmProcessKeys } from './keys/vmm-process.ts';
import type { RuntimeConfig } from './runtime-config.ts';

/** All keys, by part of the configuration and field. */
export const configKeys: { readonly [P in keyof RuntimeConfig]: KeyTable<RuntimeConfig[P]> } = {
  hypervisor: {
    ...bootKeys,
    ...cpuKeys,
    ...memoryKeys,
    ...sharedFsKeys,
    ...blockKeys,
    ...devicesKeys,
    ...hypervisorNetworkKeys,
    ...allowListKeys,
    ...confidentialKeys,
    ...vmmProcessKeys,
  },
  agent: agentKeys,
  memAgent: memAgentKeys,
  runtime: runtimeKeys,
  factory: factoryKeys,
  proxy: proxyKeys,
  shim: shimKeys,
  netmon: netmonKeys,
};

/** TOML table of each part, for the hypervisor and agent that hako drives. */
export const sectionOf: { readonly [P in keyof RuntimeConfig]: string } = {
  hypervisor: 'hypervisor.qemu',
  agent: 'agent.kata',
  memAgent: 'agent.kata.mem_agent',
  runtime: 'runtime',
  factory: 'factory',
  proxy: 'proxy.kata',
  shim: 'shim.kata',
  netmon: 'netmon',
};

/** A key and the field it sets. */
export interface KeyEntry {
  readonly part: keyof RuntimeConfig;
  readonly field: string;
  readonly section: string;
  readonly key: ConfigKey<unknown>;
}

/** Every key once, part after part, in the order of the tables. */
export function listKeys(): KeyEntry[] {
  return Object.entries(configKeys).flatMap(([name, table]) => {
    const part = name as keyof RuntimeConfig;
    return Object.entries(table).map(([field, key]) => ({
      part,
      field,
      section: sectionOf[part],
      key: key as ConfigKey<unknown>,
    }));
  });
}

/** `effect` of the key that sets a field; undefined for a field that acts, that asks for what is so anyway, or that no key sets. */
export function effectOf(part: keyof RuntimeConfig, field: string): string | undefined {
  const table = configKeys[part] as Readonly<Record<string, ConfigKey<unknown>>>;
  const effect = table[field]?.effect;
  return isEitherWay(effect) ? undefined : effect;
}
