import type { PodName } from '@hako/kubelet';

/** Keys by which containerd and CRI-O say which pod a sandbox is of, in the order they are looked at. */
const nameKeys = ['io.kubernetes.cri.sandbox-name', 'io.kubernetes.cri-o.KubeName'];
const namespaceKeys = ['io.kubernetes.cri.sandbox-namespace', 'io.kubernetes.cri-o.Namespace'];

/** The pod that annotations name; undefined where they do not. */
export function podOf(annotations: Readonly<Record<string, string>> = {}): PodName | undefined {
  const first = (keys: readonly string[]): string | undefined =>
    keys.map((key) => annotations[key]).find((value) => (value ?? '') !== '');
  const name = first(nameKeys);
  const namespace = first(namespaceKeys);
  return name === undefined || namespace === undefined ? undefined : { name, namespace };
}
