import type { AgentClient } from '@hako/agent-client';
import {
  containerName,
  lostMembers,
  OWN_NAMESPACES_KEY,
  PID_TARGET_KEY,
  specToProto,
} from '@hako/agent-protocol';
import type { ContainerConfig, SandboxConfig } from '@hako/oci-translate';
import type { AttachedDisks } from './disks/sandbox-disks.ts';
import { guestNamespaces } from './guest-namespaces.ts';
import { guestRefused } from './guest-refused.ts';
import { guestSpec } from './guest-spec.ts';
import { besideMessage, lostNotice } from './lost-members.ts';
import type { SharedContainer } from './share.ts';

/**
 * Has the agent create a container that is shared, and whose disks are attached, already.
 *
 * @param pidTarget the member of the pod whose pid namespace it joins (see pidTarget)
 * @returns what to tell the user when this agent leaves something out
 * @throws SandboxError `guest-refused`
 */
export async function createInGuest(
  agent: AgentClient,
  container: ContainerConfig,
  sandbox: SandboxConfig,
  shared: SharedContainer,
  disks: AttachedDisks,
  pidTarget?: string,
): Promise<string | undefined> {
  const { id } = container;
  const mounts = [...shared.mounts, ...disks.mounts];
  const spec = guestSpec(container, sandbox, { ...shared, mounts });
  const { sandboxPidns, own } = guestNamespaces(container);
  const lost = lostMembers(spec);
  const noticing = lostNotice(agent, lost);
  noticing.catch(() => {});
  const { metadata } = besideMessage(lost);
  const request = {
    containerId: id,
    execId: id,
    storages: [...shared.storages, ...disks.storages],
    devices: [...disks.devices],
    OCI: specToProto(spec),
    sandboxPidns,
    sharedMounts: sandbox.runtime.sharedMounts.filter(
      ({ dstCtr }) => dstCtr === containerName(spec.annotations),
    ),
  };
  const beside = {
    ...metadata,
    ...(own.length === 0 ? {} : { [OWN_NAMESPACES_KEY]: own.join(',') }),
    ...(pidTarget === undefined ? {} : { [PID_TARGET_KEY]: pidTarget }),
  };
  const timeoutMs = sandbox.runtime.createContainerTimeoutSec * 1000;
  await guestRefused(agent.createContainer(request, { metadata: beside, timeoutMs }), 'create', id);
  return guestRefused(noticing, 'create', id);
}
