import { statSync } from 'node:fs';
import type { ContainerConfig } from '@hako/oci-translate';

/** A container of the sandbox, and the host's process that stands for it. */
interface Standing {
  readonly config: Pick<ContainerConfig, 'id'>;
  readonly pid: number;
}

/**
 * Id of the member of the pod whose processes another member is to share. CRI's pid mode TARGET (`kubectl debug --target`) and podman's
 * `--pid container:NAME` write the namespace of the process that stands for it on the host. Undefined for any other path, which
 * means the pod's, and for none.
 *
 * @param identify which namespace a path leads to; undefined where it leads nowhere
 */
export function pidTarget(
  { type, sandboxId, spec }: Pick<ContainerConfig, 'type' | 'sandboxId' | 'spec'>,
  containers: Iterable<Standing>,
  identify: (path: string) => string | undefined = namespaceIdentity,
): string | undefined {
  const path = spec.linux?.namespaces?.find((namespace) => namespace.type === 'pid')?.path ?? '';
  const wanted = type === 'pod_container' && path !== '' ? identify(path) : undefined;
  if (wanted === undefined) return undefined;
  const named = [...containers].filter(({ pid }) => identify(`/proc/${pid}/ns/pid`) === wanted);
  // Where stand-ins got no namespaces of their own, all of them are in one.
  return named.some(({ config }) => config.id === sandboxId) ? undefined : named[0]?.config.id;
}

function namespaceIdentity(path: string): string | undefined {
  try {
    const { dev, ino } = statSync(path);
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}
