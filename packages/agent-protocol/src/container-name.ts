/** Keys by which containerd and CRI-O say what a container is called in its pod, in the order they are looked at. */
const nameKeys = ['io.kubernetes.cri.container-name', 'io.kubernetes.cri-o.ContainerName'] as const;

/** What a container is called in its pod, by the annotations of its config.json: what SharedMount names. Undefined where none says. */
export function containerName(annotations: Readonly<Record<string, string>> | undefined): string | undefined {
  const key = nameKeys.find((candidate) => annotations?.[candidate] !== undefined);
  return key === undefined ? undefined : annotations?.[key];
}
