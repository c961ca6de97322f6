import { hostname as hostName } from 'node:os';
import type { AgentClient } from '@hako/agent-client';
import type { VmConfig } from '@hako/hypervisor';
import type { ContainerConfig, SandboxConfig } from '@hako/oci-translate';
import { guestDns } from './guest-dns.ts';
import { guestKernelModules } from './guest-kernel-modules.ts';
import { shareStorage } from './share-storage.ts';

/**
 * What the agent is told of the sandbox that its machine is for.
 *
 * @param own the sandbox's own container, whose resolv.conf counts; without a uts namespace it has the host's name, as config-linux.md
 *   ("Namespaces") wants: the guest's namespace takes the place of the host's
 * @param resolvConf lines of the network's, where that container names none
 */
export function sandboxRequest(
  own: ContainerConfig,
  { id, hostname, agent, hypervisor }: SandboxConfig,
  { shares }: Pick<VmConfig, 'shares'>,
  resolvConf: readonly string[] = [],
): Parameters<AgentClient['createSandbox']>[0] {
  const dns = guestDns(own);
  return {
    hostname: hostname === '' && !hasNamespace(own, 'uts') ? hostName() : hostname,
    sandboxId: id,
    kernelModules: guestKernelModules(agent, hypervisor),
    guestHookPath: hypervisor.guestHookPath,
    dns: [...(dns.length > 0 ? dns : resolvConf)],
    storages: shares.map(({ transport }) => shareStorage(transport, hypervisor.msize9pBytes)),
  };
}

function hasNamespace({ spec }: ContainerConfig, type: string): boolean {
  return spec.linux?.namespaces?.some((namespace) => namespace.type === type) === true;
}
