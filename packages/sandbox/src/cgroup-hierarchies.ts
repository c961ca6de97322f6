import { unescapePath } from './posix-host.ts';

/** A mounted cgroup hierarchy of the host. */
export interface CgroupHierarchy {
  readonly mountPoint: string;
  /** Controllers of a version 1 hierarchy; absent for version 2. */
  readonly controllers?: readonly string[];
}

/**
 * The hierarchies in which a sandbox's processes are accounted for: version 2 and, on hybrid hosts, those of version 1
 * beside it. Not cpuset of version 1, whose groups take no process until somebody has chosen CPUs for them.
 *
 * @param mountinfo text of /proc/self/mountinfo (proc(5))
 */
export function cgroupHierarchies(mountinfo: string): readonly CgroupHierarchy[] {
  const found = new Map<string, CgroupHierarchy>();
  for (const line of mountinfo.split('\n')) {
    const [mount = '', superBlock = ''] = line.split(' - ');
    const [type, , options = ''] = superBlock.split(' ');
    const mountPoint = unescapePath(mount.split(' ')[4] ?? '');
    // A hierarchy mounted a second time is the same one.
    if (type === 'cgroup2') {
      if (!found.has('2')) found.set('2', { mountPoint });
    } else if (type === 'cgroup') {
      const controllers = options.split(',').filter((word) => !generalOptions.has(word));
      const key = controllers.toSorted().join(',');
      if (!controllers.includes('cpuset') && !found.has(key)) found.set(key, { mountPoint, controllers });
    }
  }
  return [...found.values()];
}

const generalOptions = new Set(['rw', 'ro', 'xattr', 'clone_children', 'noprefix', 'none', 'release_agent']);

/** Where a process is, by the text of its /proc/PID/cgroup (cgroups(7)); undefined when the text does not say. */
export function cgroupOf(hierarchy: CgroupHierarchy, procCgroup: string): string | undefined {
  const wanted = (hierarchy.controllers ?? []).toSorted().join(',');
  for (const line of procCgroup.split('\n')) {
    const [, controllers = '', ...path] = line.split(':');
    if (line !== '' && controllers.split(',').toSorted().join(',') === wanted) return path.join(':');
  }
  return undefined;
}
