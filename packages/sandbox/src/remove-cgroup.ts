import { readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** A process that ends is gone within milliseconds; there is no event to wait on. */
const LOOK_AGAIN_MS = 2;

/** What removing a cgroup needs of the host. */
export interface CgroupFolder {
  rmdir(path: string): void;
  /** Names of the groups below it. */
  subgroups(path: string): readonly string[];
  /** Its processes, a line each. */
  processes(path: string): string;
}

const kernel: CgroupFolder = {
  rmdir: rmdirSync,
  subgroups: (path) =>
    readdirSync(path, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? entry.name : [])),
  processes: (path) => readFileSync(join(path, 'cgroup.procs'), 'utf8'),
};

/** See Host. @throws Node's error for what is not a cgroup that is in use */
export async function removeCgroup(
  path: string,
  timeoutMs: number,
  cgroups: CgroupFolder = kernel,
): Promise<string | undefined> {
  const deadlineMs = performance.now() + timeoutMs;
  for (;;) {
    // Before the attempt: whoever was kept waiting by a busy host tries once more.
    const isLast = performance.now() >= deadlineMs;
    try {
      cgroups.rmdir(path);
      return undefined;
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return undefined;
      if (!hasCode(error, 'EBUSY')) throw error;
    }
    const holder = holderOf(path, isLast, cgroups);
    if (holder !== undefined) return holder;
    await delay(LOOK_AGAIN_MS);
  }
}

/** What keeps it, if that will not go by itself. */
function holderOf(path: string, isLast: boolean, cgroups: CgroupFolder): string | undefined {
  try {
    // A group below it was made by somebody else, and is somebody else's to remove.
    const [subgroup] = cgroups.subgroups(path);
    if (subgroup !== undefined) return `the group ${subgroup}`;
    if (!isLast) return undefined;
    const pids = cgroups.processes(path).split('\n').filter(Boolean);
    return pids.length === 0 ? 'a process that has ended' : pids.map(describeProcess).join(', ');
  } catch (error) {
    // Removed by somebody else meanwhile: the next attempt finds that.
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENODEV')) return undefined;
    throw error;
  }
}

function describeProcess(pid: string): string {
  try {
    return `pid ${pid} (${readFileSync(`/proc/${pid}/comm`, 'utf8').trim()})`;
  } catch {
    return `pid ${pid}`;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return (error as NodeJS.ErrnoException).code === code;
}
