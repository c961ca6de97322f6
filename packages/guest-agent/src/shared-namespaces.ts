/** A namespace as config.json names it. */
interface Namespace {
  readonly type: string;
  readonly path?: string;
}

/** What is asked for one container. */
export interface NamespaceQuestion {
  /** Pid of the first process of the sandbox's first container; undefined for that container itself, or once it ended. */
  readonly founderPid: number | undefined;
  /** The container shares the sandbox's processes (CreateContainerRequest.sandbox_pidns). */
  readonly sandboxPidns: boolean;
  /** Pid of the container whose processes it shares instead (PID_TARGET_KEY). */
  readonly targetPid?: number | undefined;
  /** Types that the container has for itself all the same (OWN_NAMESPACES_KEY). */
  readonly own: ReadonlySet<string>;
}

const SHARED: ReadonlySet<string> = new Set(['ipc', 'uts']);

/**
 * A container's spec with the namespaces of its sandbox, which are those that the sandbox's first container is in: ipc
 * and uts where the spec names them, and pid when that is asked for, or that of another container. Every container has a pid namespace, named or not, as with
 * Kata's agent: what runs in the machine beside containers is none of theirs.
 */
export function withSharedNamespaces(
  spec: object,
  question: NamespaceQuestion,
): { readonly linux: { readonly namespaces: readonly Namespace[] } } {
  const { sandboxPidns, own, founderPid } = question;
  const pidOwner = question.targetPid ?? (sandboxPidns ? founderPid : undefined);
  const listed = namespacesOf(spec);
  const namespaces = listed.map((namespace) => {
    const { type } = namespace;
    return SHARED.has(type) && !own.has(type) ? ofProcess(namespace, founderPid) : namespace;
  });
  const pids = listed.find(({ type }) => type === 'pid') ?? { type: 'pid' };
  return {
    ...spec,
    linux: {
      ...('linux' in spec && isObject(spec.linux) ? spec.linux : {}),
      namespaces: [...namespaces.filter(({ type }) => type !== 'pid'), ofProcess(pids, pidOwner)],
    },
  };
}

/** True for a spec whose container joins a pid namespace that is there already. */
export function joinsPids(spec: object): boolean {
  return namespacesOf(spec).some(({ type, path }) => type === 'pid' && path !== undefined);
}

function namespacesOf(spec: object): readonly Namespace[] {
  const linux = 'linux' in spec && isObject(spec.linux) ? spec.linux : {};
  return Array.isArray(linux.namespaces) ? (linux.namespaces as readonly Namespace[]) : [];
}

/** That which the process is in, where there is one. */
function ofProcess(namespace: Namespace, pid: number | undefined): Namespace {
  return pid === undefined ? namespace : { ...namespace, path: `/proc/${pid}/ns/${namespace.type}` };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
