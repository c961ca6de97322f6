import type { Hypervisor } from '@hako/hypervisor';
import type { SandboxConfig } from '@hako/oci-translate';
import { sandboxError } from '../sandbox-error.ts';
import { vmConfig } from '../vm-config.ts';

const anywhere = { vm: '/spare/vm', share: '/spare/share', logs: '/spare/logs' };

/**
 * What two sandboxes have in common whose machines may take each other's place before anything was made in them. Beside the machine
 * itself that is all of its configuration, such as how its share is served, and what was checked of its files.
 *
 * @throws SandboxError `unsupported` where the machine is of a kind that cannot wait for a sandbox
 */
export async function spareKey(
  hypervisor: Pick<Hypervisor, 'machineKey'>,
  config: SandboxConfig,
): Promise<string> {
  const { devices: _own, ...vm } = vmConfig(config, anywhere);
  const answer = await hypervisor.machineKey(vm);
  if ('obstacle' in answer)
    throw sandboxError('unsupported', `no machine can be kept ready with ${answer.obstacle}`);
  return JSON.stringify([answer.key, vm.hypervisor, vm.assetHashes, vm.vmmNetwork, vm.selinuxLabel]);
}
