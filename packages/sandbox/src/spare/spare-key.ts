import type { Hypervisor } from '@hako/hypervisor';
import type { SandboxConfig } from '@hako/oci-translate';
import { vmConfig } from '../vm-config.ts';

const anywhere = { vm: '/spare/vm', share: '/spare/share', logs: '/spare/logs' };

/**
 * What two sandboxes have in common whose machines may take each other's place before anything was made in them. Beside the machine
 * itself that is all of its configuration, such as how its share is served, and what was checked of its files.
 */
export async function spareKey(
  hypervisor: Pick<Hypervisor, 'machineKey'>,
  config: SandboxConfig,
): Promise<string> {
  const { devices: _own, ...vm } = vmConfig(config, anywhere);
  return JSON.stringify([await hypervisor.machineKey(vm), vm.hypervisor, vm.assetHashes, vm.vmmNetwork]);
}
