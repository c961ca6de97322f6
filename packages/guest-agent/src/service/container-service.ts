import {
  type CreateContainerRequest,
  containerName,
  FORWARD_PORT_KEY,
  OWN_NAMESPACES_KEY,
  PID_TARGET_KEY,
  processFromProto,
  type SharedMount,
  type StringUser,
  specFromProto,
} from '@hako/agent-protocol';
import type { CallContext } from '@hako/ttrpc';
import { AgentError } from '../agent-error.ts';
import type { Container } from '../container.ts';
import { allowMountedDisks, checkDeviceType, withGuestDevices } from '../devices/container-devices.ts';
import { withGuestAddresses } from '../devices/host-pci.ts';
import { withGuestHooks } from '../guest-hooks.ts';
import { holdShared, sharedPaths } from '../hold-shared.ts';
import type { Sandbox } from '../sandbox.ts';
import { addSharedMounts } from '../shared-mounts.ts';
import { withSharedNamespaces } from '../shared-namespaces.ts';
import { storageRoot } from '../storage.ts';
import type { AgentHandlers } from './handlers.ts';
import { withMembersOfCall } from './lost-members.ts';

/**
 * Version written for the image's crun, which refuses one that is newer than itself (Debian 12: 1.0.x). The caller's
 * version was judged on the host; the members that crun does not know it passes over.
 */
const CRUN_OCI_VERSION = '1.0.2';

/** How long a killed process that has not run its command yet may take to end. */
const REMOVE_TIMEOUT_MS = 10_000;

/** Calls that make, start and remove containers and their processes. */
export function containerHandlers(sandbox: Sandbox, prepared: () => Promise<void>): AgentHandlers {
  return {
    async createContainer(request, context) {
      const asked = withMembersOfCall(specOf(request), context);
      await prepared();
      const spec = withSharedNamespaces(asked, {
        founderPid: sandbox.founderPid,
        sandboxPidns: request.sandboxPidns || sandbox.sharesPids,
        targetPid: targetPidOf(context, sandbox),
        own: new Set(context.metadata.get(OWN_NAMESPACES_KEY)?.[0]?.split(',')),
      });
      const container = sandbox.newContainer(
        request.containerId,
        request.execId,
        request.OCI?.Process?.Terminal ?? false,
      );
      try {
        container.name = containerName(request.OCI?.Annotations);
        container.sharedPaths = sharedPaths(asked, `${storageRoot}/shared/containers`);
        container.mountPoints = await sandbox.storages.add(request.storages);
        const guest = await withGuestDevices(spec, request.devices, sandbox.machine);
        container.pciAddresses = guest.pciAddresses;
        const withHooks = withGuestHooks(withGuestEnv(guest.spec, guest.pciAddresses), sandbox.hookPath);
        if (sandbox.storages.hasVirtioFs) holdShared(container.sharedPaths);
        await container.create(allowMountedDisks(withHooks, sandbox.storages.diskFiles));
        await shareMounts(request.sharedMounts, container, sandbox);
        sandbox.founded(container);
      } catch (error) {
        sandbox.forget(container);
        throw error;
      }
      return {};
    },

    async startContainer({ containerId }) {
      await sandbox.container(containerId).start();
      return {};
    },

    async removeContainer({ containerId, timeout }) {
      const container = sandbox.container(containerId);
      await container.remove(timeout * 1000);
      sandbox.forget(container);
      return {};
    },

    async execProcess(request, context) {
      const { containerId, execId, process, stringUser } = request;
      refuseUnknown({ stringUser, ports: [request.stdinPort, request.stdoutPort, request.stderrPort] });
      if (process === undefined) throw new AgentError('invalid-argument', 'process is missing');
      if (execId === '') throw new AgentError('invalid-argument', 'exec_id is empty');
      const port = portOfCall(context);
      if (port !== undefined) {
        await sandbox.container(containerId).forwardPort(execId, port);
        return {};
      }
      const container = sandbox.container(containerId);
      const env = [...withGuestAddresses(process.Env, container.pciAddresses)];
      const asked = withMembersOfCall(processFromProto({ ...process, Env: env }), context);
      await container.exec(execId, asked, process.Terminal);
      return {};
    },
  };
}

/** A container that cannot have them is none. */
async function shareMounts(
  mounts: readonly SharedMount[],
  container: Container,
  { containers, machine }: Sandbox,
): Promise<void> {
  const { pid } = container.init;
  if (mounts.length === 0 || pid === undefined) return;
  const pidOf = (name: string): number | undefined =>
    containers.find((other) => other !== container && other.name === name && !other.init.exited)?.init.pid;
  try {
    await addSharedMounts(mounts, { pid, pidOf }, machine);
  } catch (error) {
    await container.remove(REMOVE_TIMEOUT_MS);
    throw error;
  }
}

/** The specification with the addresses of PCI devices here. */
function withGuestEnv(spec: object, addresses: ReadonlyMap<string, string>): object {
  const { process } = spec as { readonly process?: { readonly env?: readonly string[] } };
  if (addresses.size === 0 || process?.env === undefined) return spec;
  return { ...spec, process: { ...process, env: withGuestAddresses(process.env, addresses) } };
}

/** The port that the call is to forward to, where it is not about a process. Throws AgentError `invalid-argument`. */
function portOfCall({ metadata }: CallContext): number | undefined {
  const text = metadata.get(FORWARD_PORT_KEY)?.[0];
  if (text === undefined) return undefined;
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new AgentError('invalid-argument', `${FORWARD_PORT_KEY}: ${JSON.stringify(text)} is no port`);
}

/** Pid of the container whose processes are to be shared, where one is named. Throws AgentError for one that does not run. */
function targetPidOf({ metadata }: CallContext, sandbox: Sandbox): number | undefined {
  const id = metadata.get(PID_TARGET_KEY)?.[0];
  if (id === undefined) return undefined;
  const { pid } = sandbox.container(id).init;
  if (pid === undefined) throw new AgentError('failed-precondition', `container ${id} has ended`);
  return pid;
}

/** config.json of the container. Throws AgentError for what this agent cannot do. */
function specOf(request: CreateContainerRequest): object {
  const { OCI, devices, stringUser } = request;
  refuseUnknown({ stringUser, ports: [request.stdinPort, request.stdoutPort, request.stderrPort] });
  if (OCI === undefined)
    throw new AgentError('invalid-argument', 'OCI, the spec of the container, is missing');
  if (OCI.Root === undefined || OCI.Root.Path === '') {
    throw new AgentError('invalid-argument', 'OCI.Root.Path, the root file system in the guest, is missing');
  }
  if (OCI.Process === undefined) throw new AgentError('invalid-argument', 'OCI.Process is missing');
  for (const { type } of devices) checkDeviceType(type);
  if (OCI.Linux?.Namespaces.some(({ Type }) => Type === 'time') === true) {
    // Debian 12's crun fails on them with a message that names nothing.
    throw new AgentError('unimplemented', 'time namespaces are not supported by the crun in this guest');
  }
  return { ...specFromProto(OCI), ociVersion: CRUN_OCI_VERSION };
}

function refuseUnknown(parts: { stringUser: StringUser | undefined; ports: readonly number[] }): void {
  const { stringUser, ports } = parts;
  if (stringUser !== undefined && (stringUser.uid !== '' || stringUser.gid !== '')) {
    throw new AgentError('unimplemented', 'users by name are not supported: give numbers in the spec');
  }
  if (ports.some((port) => port !== 0)) {
    throw new AgentError('unimplemented', 'passed-through stdio ports are not supported: streams are polled');
  }
}
