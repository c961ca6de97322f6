import type { Problem } from '@hako/errors';
import { CAPABILITIES, type Linux, type Mount, type Process, type Seccomp, type Spec } from '@hako/oci-spec';
import { printable } from '@hako/shape';

/**
 * What of a spec hako, its guest or crun in there cannot do: an error each, as the OCI runtime specification wants it
 * (runtime.md, "Create"; config.md, "Valid values"). What is left out with a word is a warning.
 *
 * Not here: labels of the host's security modules, and namespaces of the host to join, which a VM has no use for.
 */
export function cannotApply({ process, mounts, linux, annotations = {} }: Spec): Problem[] {
  return [
    ...(Object.hasOwn(annotations, '') ? [bad('annotations', '', 'must have no empty key')] : []),
    ...(process === undefined ? [] : cannotApplyToProcess(process, 'process.')),
    ...(mounts ?? []).flatMap(mountProblems),
    ...(linux === undefined ? [] : linuxProblems(linux)),
  ];
}

/** The part for a process alone; `prefix` is what stands before its members' names. */
export function cannotApplyToProcess(process: Process, prefix = ''): Problem[] {
  const { args, scheduler, ioPriority, execCPUAffinity, rlimits = [], capabilities = {} } = process;
  const unknown = new Set(
    Object.values(capabilities)
      .flat()
      .filter((name) => !CAPABILITIES.includes(name)),
  );
  return [
    ...((args ?? []).length > 0 ? [] : [bad(`${prefix}args`, undefined, 'must have at least one entry')]),
    ...unsupported(scheduler, `${prefix}scheduler`),
    ...unsupported(ioPriority, `${prefix}ioPriority`),
    ...unsupported(execCPUAffinity, `${prefix}execCPUAffinity`),
    ...rlimits.flatMap(({ type }, index) => {
      const field = `${prefix}rlimits[${index}].type`;
      if (!RLIMITS.has(type))
        return [bad(field, type, 'must be a limit that Linux has, such as RLIMIT_NOFILE')];
      if (rlimits.findIndex((other) => other.type === type) < index)
        return [bad(field, type, 'must be named once')];
      return [];
    }),
    ...[...unknown].map(
      (name): Problem => ({
        severity: 'warning',
        code: 'translate/unknown-capability',
        field: `${prefix}capabilities`,
        value: printable(name),
        rule: 'is left out: Linux has no such capability',
      }),
    ),
  ];
}

const RLIMITS: ReadonlySet<string> = new Set(
  'AS CORE CPU DATA FSIZE LOCKS MEMLOCK MSGQUEUE NICE NOFILE NPROC RSS RTPRIO RTTIME SIGPENDING STACK'
    .split(' ')
    .map((name) => `RLIMIT_${name}`),
);

/** Options that need what neither crun in the guest nor virtio-fs has; passed on they would count for nothing. */
const MOUNT_OPTIONS: ReadonlySet<string> = new Set(['nosymfollow', 'rnosymfollow', 'idmap', 'ridmap']);

function mountProblems({ options = [], uidMappings, gidMappings }: Mount, index: number): Problem[] {
  return [
    ...options
      .filter((option) => MOUNT_OPTIONS.has(option))
      .map((option) => bad(`mounts[${index}].options`, option, NOT_SUPPORTED)),
    ...unsupported(uidMappings, `mounts[${index}].uidMappings`),
    ...unsupported(gidMappings, `mounts[${index}].gidMappings`),
  ];
}

const NAMESPACES: ReadonlySet<string> = new Set(['pid', 'network', 'mount', 'ipc', 'uts', 'user', 'cgroup']);

function linuxProblems(linux: Linux): Problem[] {
  const { namespaces = [], seccomp, resources: { cpu, network, rdma, blockIO } = {} } = linux;
  return [
    ...namespaces.flatMap(({ type, path }, index): Problem[] => {
      const field = `linux.namespaces[${index}]`;
      if (!NAMESPACES.has(type)) return [bad(`${field}.type`, type, `must be ${[...NAMESPACES].join(', ')}`)];
      if (namespaces.findIndex((other) => other.type === type) < index)
        return [bad(`${field}.type`, type, 'must be named once')];
      if (path !== undefined && path !== '' && !path.startsWith('/'))
        return [bad(`${field}.path`, path, 'must be an absolute path')];
      return [];
    }),
    ...pathProblems('linux.maskedPaths', linux.maskedPaths),
    ...pathProblems('linux.readonlyPaths', linux.readonlyPaths),
    ...propagationProblems(linux.rootfsPropagation),
    ...(linux.personality?.flags ?? []).map((flag, index) =>
      bad(`linux.personality.flags[${index}]`, flag, 'must not be there: the specification has none yet'),
    ),
    ...unsupported(empty(linux.timeOffsets), 'linux.timeOffsets'),
    ...(empty(linux.netDevices) === undefined ||
    namespaces.some(({ type, path = '' }) => type === 'network' && path !== '')
      ? []
      : [
          bad(
            'linux.netDevices',
            undefined,
            'needs a network namespace with a path, into which they are moved',
          ),
        ]),
    ...unsupported(linux.memoryPolicy, 'linux.memoryPolicy'),
    ...unsupported(linux.intelRdt, 'linux.intelRdt'),
    ...unsupported(positive(cpu?.realtimeRuntime), 'linux.resources.cpu.realtimeRuntime'),
    ...unsupported(positive(cpu?.realtimePeriod), 'linux.resources.cpu.realtimePeriod'),
    ...unsupported(empty(network), 'linux.resources.network'),
    ...unsupported(empty(rdma), 'linux.resources.rdma'),
    ...(empty(blockIO) === undefined ? [] : [blockIoLeftOut]),
    ...(seccomp === undefined ? [] : seccompProblems(seccomp)),
  ];
}

/** config-linux.md, "Masked Paths" and "Readonly Paths". */
function pathProblems(field: string, paths: readonly string[] = []): Problem[] {
  return paths.flatMap((path, index) =>
    path.startsWith('/') ? [] : [bad(`${field}[${index}]`, path, 'must be an absolute path')],
  );
}

const PROPAGATIONS: ReadonlySet<string> = new Set(
  ['private', 'shared', 'slave', 'unbindable'].flatMap((name) => [name, `r${name}`]),
);

function propagationProblems(propagation = ''): Problem[] {
  if (propagation === '' || PROPAGATIONS.has(propagation)) return [];
  return [bad('linux.rootfsPropagation', propagation, `must be ${[...PROPAGATIONS].join(', ')}`)];
}

const blockIoLeftOut: Problem = {
  severity: 'warning',
  code: 'translate/no-effect',
  field: 'linux.resources.blockIO',
  rule: 'is left out: it names block devices of the host, which the guest does not have',
};

/** Actions that answer with an errno. */
const ERRNO_ACTIONS: ReadonlySet<string> = new Set(['SCMP_ACT_ERRNO', 'SCMP_ACT_TRACE']);

function seccompProblems({
  defaultAction,
  defaultErrnoRet,
  syscalls = [],
  listenerPath,
  listenerMetadata,
}: Seccomp): Problem[] {
  const notifies = syscalls.some(({ action }) => action === 'SCMP_ACT_NOTIFY');
  return [
    // Without the action the path is ignored.
    ...(notifies ? [bad('linux.seccomp.listenerPath', listenerPath ?? '', NOT_SUPPORTED)] : []),
    ...(listenerMetadata !== undefined && listenerPath === undefined
      ? [bad('linux.seccomp.listenerMetadata', undefined, 'must not stand without listenerPath')]
      : []),
    ...errnoProblems('linux.seccomp.defaultErrnoRet', defaultAction, defaultErrnoRet),
    ...syscalls.flatMap(({ names, action, errnoRet }, index) => [
      ...errnoProblems(`linux.seccomp.syscalls[${index}].errnoRet`, action, errnoRet),
      ...(names.length > 0 ? [] : [bad(`linux.seccomp.syscalls[${index}].names`, '[]', 'must not be empty')]),
    ]),
  ];
}

function errnoProblems(field: string, action: string, errno: number | undefined): Problem[] {
  if (errno === undefined || ERRNO_ACTIONS.has(action)) return [];
  return [
    bad(field, String(errno), `must not stand beside ${printable(action)}, which answers with no errno`),
  ];
}

const NOT_SUPPORTED = 'is not supported by hako';

function unsupported(value: unknown, field: string): Problem[] {
  return value === undefined ? [] : [bad(field, undefined, NOT_SUPPORTED)];
}

function bad(field: string, value: string | undefined, rule: string): Problem {
  return {
    severity: 'error',
    code: 'translate/cannot-apply',
    field,
    ...(value === undefined ? {} : { value: printable(value) }),
    rule,
  };
}

/** Objects and lists with nothing in them ask for nothing. */
function empty(value: object | undefined): object | undefined {
  return value === undefined || Object.keys(value).length === 0 ? undefined : value;
}

function positive(value: number | bigint | undefined): number | bigint | undefined {
  return value === undefined || value <= 0 ? undefined : value;
}
