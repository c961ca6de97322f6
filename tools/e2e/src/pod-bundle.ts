import type { Workbench } from './workbench.ts';

/** A container of a pod, as CRI runtimes describe it. */
export interface PodContainer {
  readonly sandboxId: string;
  readonly args: readonly string[];
  /** Members only; the sandbox's own container has all its namespaces new. Default: those that CRI runtimes share. */
  readonly joins?: readonly string[];
  readonly mounts?: readonly object[];
  readonly annotations?: Readonly<Record<string, string>>;
  readonly linux?: object;
  /** Default true. */
  readonly readonlyRootfs?: boolean;
  /** Whose annotations say it. Default containerd's. */
  readonly style?: 'containerd' | 'cri-o';
}

/** The namespaces that a pod's containers share unless somebody says otherwise. */
const SHARED = ['network', 'ipc', 'uts'];

/** Bundle of a pod's first container, which boots the VM. */
export function sandboxBundle(bench: Workbench, container: PodContainer): string {
  return podBundle(bench, 'sandbox', container);
}

/** Bundle of a further container. */
export function memberBundle(bench: Workbench, container: PodContainer): string {
  return podBundle(bench, 'container', container);
}

function podBundle(bench: Workbench, kind: 'sandbox' | 'container', container: PodContainer): string {
  const { sandboxId, args, joins = SHARED, mounts = [], annotations = {}, linux = {}, style } = container;
  const { readonlyRootfs = true } = container;
  const keys =
    style === 'cri-o'
      ? ['io.kubernetes.cri-o.ContainerType', 'io.kubernetes.cri-o.SandboxID']
      : ['io.kubernetes.cri.container-type', 'io.kubernetes.cri.sandbox-id'];
  const [typeKey = '', idKey = ''] = keys;
  const isMember = kind === 'container';
  return bench.bundle(args, {
    hostname: 'the-pod',
    readonlyRootfs,
    annotations: { [typeKey]: kind, [idKey]: sandboxId, ...annotations },
    extra: {
      mounts: [
        { destination: '/proc', type: 'proc', source: 'proc' },
        { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'mode=755'] },
        { destination: '/dev/shm', type: 'bind', source: bench.folder, options: ['rbind', 'nosuid'] },
        ...mounts,
      ],
      linux: {
        namespaces: ['mount', 'pid', 'network', 'ipc', 'uts'].map((type) =>
          // The path is that of the sandbox's process on the host; which one it is does not matter.
          isMember && joins.includes(type)
            ? { type, path: `/proc/self/ns/${type === 'network' ? 'net' : type}` }
            : { type },
        ),
        ...linux,
      },
    },
  });
}
