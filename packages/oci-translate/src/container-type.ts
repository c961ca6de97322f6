import type { Line } from '@hako/annotations';
import type { Problem } from '@hako/errors';
import { printable } from '@hako/shape';

/** A container that is its own sandbox, the first one of a pod, or a later one of a pod. */
export type ContainerType = 'single_container' | 'pod_sandbox' | 'pod_container';

type Annotations = Readonly<Record<string, string>>;

/** Keys by which containerd, CRI-O and dockershim say what a container is, in the order they are looked at. */
const typeKeys = [
  'io.kubernetes.cri.container-type',
  'io.kubernetes.cri-o.ContainerType',
  'io.kubernetes.docker.type',
] as const;

/** Keys by which they name the sandbox a container belongs to, in the order they are looked at. */
const sandboxIdKeys = [
  'io.kubernetes.cri.sandbox-id',
  'io.kubernetes.cri-o.SandboxID',
  'io.kubernetes.sandbox.id',
] as const;

const types: ReadonlyMap<string, ContainerType> = new Map([
  ['sandbox', 'pod_sandbox'],
  ['podsandbox', 'pod_sandbox'],
  ['container', 'pod_container'],
]);

/**
 * What kind of container the annotations describe. The first key that is present decides, whatever its value; each
 * key takes the words of all three. Without a key it is a `single_container`; 1.x calls that `pod_sandbox`.
 */
export function containerType(
  annotations: Annotations | undefined,
  line: Line = '3.x',
): ContainerType | Problem {
  const key = typeKeys.find((candidate) => annotations?.[candidate] !== undefined);
  if (key === undefined) return line === '1.x' ? 'pod_sandbox' : 'single_container';
  const value = annotations?.[key] ?? '';
  return (
    types.get(value) ?? {
      severity: 'error',
      code: 'translate/unknown-container-type',
      field: key,
      value: printable(value),
      rule: 'must be sandbox, podsandbox or container',
    }
  );
}

/** Id of the sandbox the annotations name; undefined when none does. The first key that is present decides. */
export function sandboxId(annotations: Annotations | undefined): string | undefined {
  const key = sandboxIdKeys.find((candidate) => annotations?.[candidate] !== undefined);
  return key === undefined ? undefined : annotations?.[key];
}

/** The container type that the runtime itself has noted on a container, unchecked; undefined when it has not. */
export function recordedContainerType(annotations: Annotations | undefined): string | undefined {
  return annotations?.[containerTypeKey];
}

/** The configuration file that the annotations ask for, or an empty string. */
export function configPathOf(annotations: Annotations | undefined): string {
  return annotations?.['io.katacontainers.config_path'] ?? '';
}

/** Keys the runtime notes on its containers. */
export const bundlePathKey = 'io.katacontainers.pkg.oci.bundle_path';
export const containerTypeKey = 'io.katacontainers.pkg.oci.container_type';
