import type { AgentConfig } from './keys/agent.ts';
import type { AllowListConfig } from './keys/allow-list.ts';
import type { BlockConfig } from './keys/block.ts';
import type { BootConfig } from './keys/boot.ts';
import type { ConfidentialConfig } from './keys/confidential.ts';
import type { CpuConfig } from './keys/cpu.ts';
import type { DeviceConfig } from './keys/devices.ts';
import type { FactoryConfig } from './keys/factory.ts';
import type { HypervisorNetworkConfig } from './keys/hypervisor-network.ts';
import type { MemAgentConfig } from './keys/mem-agent.ts';
import type { MemoryConfig } from './keys/memory.ts';
import type { NetmonConfig } from './keys/netmon.ts';
import type { ProxyConfig } from './keys/proxy.ts';
import type { RuntimeSettings } from './keys/runtime.ts';
import type { SharedFsConfig } from './keys/shared-fs.ts';
import type { ShimConfig } from './keys/shim.ts';
import type { VmmProcessConfig } from './keys/vmm-process.ts';

/**
 * The effective configuration. Field names are the keys of Kata's configuration.toml in camelCase, with the unit
 * added where the key has none. Plain JSON data.
 */
export interface RuntimeConfig {
  /** `[hypervisor.qemu]`: the machine and what it is made of. */
  readonly hypervisor: HypervisorConfig;
  /** `[agent.kata]`: the process in the guest. */
  readonly agent: AgentConfig;
  /** `[agent.kata.mem_agent]`: reclaiming of the guest's memory. */
  readonly memAgent: MemAgentConfig;
  /** `[runtime]`: what concerns the host and the sandbox as a whole. */
  readonly runtime: RuntimeSettings;
  /** `[factory]`: machines made in advance. */
  readonly factory: FactoryConfig;
  /** `[proxy.kata]` of 1.x. */
  readonly proxy: ProxyConfig;
  /** `[shim.kata]` of 1.x. */
  readonly shim: ShimConfig;
  /** `[netmon]` of 1.x. */
  readonly netmon: NetmonConfig;
}

/** `[hypervisor.qemu]`. Documented where the parts are: `keys/*.ts`, and in the generated reference. */
export interface HypervisorConfig
  extends BootConfig,
    CpuConfig,
    MemoryConfig,
    SharedFsConfig,
    BlockConfig,
    DeviceConfig,
    HypervisorNetworkConfig,
    AllowListConfig,
    ConfidentialConfig,
    VmmProcessConfig {}
