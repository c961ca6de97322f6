import type { Linux } from '@hako/oci-spec';
import type { ContainerConfig } from '@hako/oci-translate';

type LinuxNamespace = NonNullable<Linux['namespaces']>[number];

/** A container's namespaces, as the agent is told. */
export interface GuestNamespaces {
  /** Those of the spec for the guest; none has a path, since paths are the host's. */
  readonly namespaces: LinuxNamespace[];
  /** The container's processes see those of the sandbox's first container, and it sees theirs. */
  readonly sandboxPidns: boolean;
  /** Of ipc and uts, what the container has for itself although it belongs to a pod. */
  readonly own: readonly string[];
}

/** What a spec says of these changes nothing. */
const ALWAYS: ReadonlySet<string> = new Set(['network', 'cgroup', 'mount']);

/**
 * The VM itself is the network namespace. The others are the guest's: a member of a pod that is to join one by its path
 * joins the pod's, whatever process the path names (as in Kata), but for pids of another member (see pidTarget), and what it is
 * to have anew is its own.
 */
export function guestNamespaces({
  type: containerType,
  spec,
}: Pick<ContainerConfig, 'type' | 'spec'>): GuestNamespaces {
  const wanted = (spec.linux?.namespaces ?? []).filter(({ type }) => !ALWAYS.has(type));
  const isMember = containerType === 'pod_container';
  const joins = ({ path }: LinuxNamespace): boolean => isMember && (path ?? '') !== '';
  return {
    // What the container finds at /sys/fs/cgroup is its own; engines on hosts with version 1 do not ask for it. Its
    // mounts are its own, too: those of the guest are the agent's.
    namespaces: [...wanted.map(({ type }) => ({ type })), { type: 'cgroup' }, { type: 'mount' }],
    sandboxPidns: wanted.some((namespace) => namespace.type === 'pid' && joins(namespace)),
    own: isMember
      ? wanted
          .filter((namespace) => (namespace.type === 'ipc' || namespace.type === 'uts') && !joins(namespace))
          .map(({ type }) => type)
      : [],
  };
}
