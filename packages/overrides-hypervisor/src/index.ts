import type { OverrideFamily } from '@hako/annotations';
import type { RuntimeConfig } from '@hako/config';
import { blockOverrides } from './block.ts';
import { cpuOverrides } from './cpu.ts';
import { machineOverrides } from './machine.ts';
import { memoryOverrides } from './memory.ts';
import { networkOverrides } from './network.ts';
import { hypervisorRules } from './rules.ts';
import { sharedFsOverrides } from './shared-fs.ts';

export { maxQemuVcpus } from './cpu-values.ts';
export { minMemoryMib } from './memory-values.ts';

/** `io.katacontainers.config.hypervisor.*`, without the files the VM is made of (see @hako/overrides-assets). */
export const hypervisorFamily: OverrideFamily<RuntimeConfig> = {
  name: 'hypervisor',
  overrides: [
    ...cpuOverrides,
    ...memoryOverrides,
    ...blockOverrides,
    ...sharedFsOverrides,
    ...machineOverrides,
    ...networkOverrides,
  ],
  rules: hypervisorRules,
};
