import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename, join } from 'node:path';

/** Kinds of things that a runtime makes on a host and that a test must not leave behind. */
export const leakKinds = [
  'processes',
  'mounts',
  'network interfaces',
  'network namespaces',
  'cgroups',
  'state',
  'temporary files',
] as const;
export type LeakKind = (typeof leakKinds)[number];

/** What of each kind is there now: an identity that no later object can have again, and words for people. */
export type HostSnapshot = Readonly<Record<LeakKind, ReadonlyMap<string, string>>>;

export interface SnapshotScope {
  /** Value of HAKO_TEST_RUN in the environment of everything that this run starts, also of daemons. */
  readonly runId: string;
  /** The workspace: a runtime process whose program or arguments lie in it is ours too. */
  readonly workspace: string;
  /** Where hako keeps one folder per sandbox. */
  readonly stateFolders: readonly string[];
  /** TMPDIR of the run: all that is in it is ours. */
  readonly temporaryFolder: string;
  /** Processes that may stay: this one. */
  readonly ignoredPids?: ReadonlySet<number>;
  /** Without cgroups that only processes of others are in: another program of the host made them meanwhile. Default false. */
  readonly ownCgroupsOnly?: boolean;
  /** Default /sys/fs/cgroup. */
  readonly cgroupRoot?: string;
}

export function takeSnapshot(scope: SnapshotScope): HostSnapshot {
  return {
    processes: processes(scope),
    mounts: mounts(),
    'network interfaces': named(children('/sys/class/net')),
    'network namespaces': networkNamespaces(),
    cgroups: named(cgroups(scope)),
    // Folders only: one is a sandbox. Files beside them are facts kept on purpose, such as the answer of the KVM probe.
    state: named(scope.stateFolders.flatMap(stateBelow)),
    'temporary files': named([
      ...children(scope.temporaryFolder),
      ...children('/tmp').filter(isNamedAfterUs),
    ]),
  };
}

/** A folder is a sandbox; one whose name begins with a dot holds what containerd's namespaces hold, and stays. */
function stateBelow(folder: string): string[] {
  return children(folder, { foldersOnly: true }).flatMap((path) =>
    basename(path).startsWith('.') ? children(path, { foldersOnly: true }) : [path],
  );
}

const isNamedAfterUs = (path: string): boolean => basename(path).startsWith('hako');

const runtimePrograms = /^(qemu-system|virtiofsd|hako|containerd|crun|runc|conmon|podman)/;

function processes(scope: SnapshotScope): Map<string, string> {
  const found = new Map<string, string>();
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry) || scope.ignoredPids?.has(Number(entry))) continue;
    const process = ownProcess(entry, scope);
    if (process !== undefined) found.set(`${entry} started ${process.startTime}`, process.words);
  }
  return found;
}

/** Undefined for one that is not of this run, has ended, or belongs to someone we may not look at. */
function ownProcess(
  pid: string,
  { runId, workspace }: SnapshotScope,
): { readonly startTime: string; readonly words: string } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state = '', ...afterState] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (state === 'Z') return undefined;
    const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trim();
    const isOurs =
      readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`HAKO_TEST_RUN=${runId}`) ||
      (runtimePrograms.test(name) && `${command} ${linkTarget(`/proc/${pid}/exe`)}`.includes(workspace));
    return isOurs ? { startTime: afterState[18] ?? '', words: command || name } : undefined;
  } catch {
    return undefined;
  }
}

function cgroups(scope: SnapshotScope): string[] {
  const all = foldersBelow(scope.cgroupRoot ?? '/sys/fs/cgroup');
  return scope.ownCgroupsOnly === true ? all.filter((path) => !isOthers(path, scope)) : all;
}

function isOthers(cgroup: string, scope: SnapshotScope): boolean {
  const pids = [cgroup, ...foldersBelow(cgroup)].flatMap(processesIn);
  return pids.length > 0 && pids.every((pid) => ownProcess(pid, scope) === undefined);
}

function processesIn(cgroup: string): string[] {
  try {
    return readFileSync(join(cgroup, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean);
  } catch {
    return [];
  }
}

function mounts(): Map<string, string> {
  const lines = readFileSync('/proc/self/mountinfo', 'utf8').trim().split('\n');
  return new Map(lines.map((line) => [line, line.split(' ')[4] ?? line]));
}

/** Those with a name, and those that only a process holds. */
function networkNamespaces(): Map<string, string> {
  const found = named(children('/run/netns'));
  for (const pid of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    const target = linkTarget(`/proc/${pid}/ns/net`);
    if (target !== '') found.set(target, `${target} of process ${pid}`);
  }
  return found;
}

const named = (paths: readonly string[]): Map<string, string> => new Map(paths.map((path) => [path, path]));

/** Paths in `folder`; none where it is not there or goes away meanwhile. */
function children(folder: string, options: { foldersOnly?: boolean } = {}): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => options.foldersOnly !== true || entry.isDirectory())
      .map((entry) => join(folder, entry.name));
  } catch {
    return [];
  }
}

/** At any depth; symbolic links are not followed. */
function foldersBelow(start: string): string[] {
  const below = children(start, { foldersOnly: true });
  return below.concat(below.flatMap(foldersBelow));
}

function linkTarget(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
