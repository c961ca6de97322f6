import type { VmConfig, VmDevice } from '@hako/hypervisor';
import type { SandboxConfig } from '@hako/oci-translate';
import { SHARE_TAG } from './guest-paths.ts';
import type { SandboxPaths } from './state-paths.ts';

/**
 * The machine of a sandbox, as it is handed to a hypervisor's backend. */
export function vmConfig(
  config: SandboxConfig,
  paths: Pick<SandboxPaths, 'vm' | 'share' | 'logs'>,
  devices: readonly VmDevice[] = [],
): VmConfig {
  const transport = config.hypervisor.sharedFs;
  return {
    id: config.id,
    runtimeDir: paths.vm,
    logDir: paths.logs,
    hypervisor: config.hypervisor,
    ...(config.selinuxLabel === '' ? {} : { selinuxLabel: config.selinuxLabel }),
    kernelParams: config.kernelParams,
    assetHashes: config.assetHashes,
    shares:
      transport === 'none' ? [] : [{ tag: SHARE_TAG, hostPath: paths.share, transport, readonly: false }],
    devices,
    // Devices bring their descriptors, so the VMM can do without the host's network.
    vmmNetwork: config.network.disableNewNetNs ? 'inherited' : 'own',
  };
}
