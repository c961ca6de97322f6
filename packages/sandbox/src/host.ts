import type { NetworkResource } from '@hako/hypervisor';

/**
 * The host kernel as the sandbox sees it. Small on purpose: everything else is ordinary files. `posix-host.ts`
 * is the real one; tests hand in a recording one.
 */
export interface Host {
  /** Bind mount of a file or directory (recursive for directories), made read-only by a second remount on request. */
  bindMount(source: string, target: string, options: { readonly readonly: boolean }): void;
  /** Mounts an overlay(5) of the host's directories. `data` are its own options, as `lowerdir=/a,upperdir=/b,workdir=/c`. */
  mountOverlay(data: string, target: string, options: { readonly readonly: boolean }): void;
  /**
   * Shows a directory read-only at `target`. Mounts made on it later are not read-only by that, and spread to mount namespaces
   * made from this one, but not to where `source` or `target` lie.
   */
  mountView(source: string, target: string): void;
  /** Detaches every mount that stands on `target`; none there is fine. */
  unmountAll(target: string): void;
  /** Mount points at or below `directory`, deepest first. */
  mountsBelow(directory: string): readonly string[];
  /** Start time in clock ticks since boot, or null when no such process runs (a zombie does not run). */
  processStartTime(pid: number): number | null;
  /** SIGKILL to exactly that process; resolves when it is gone or `timeoutMs` is over (false). */
  killProcess(pid: number, startTime: number, timeoutMs: number): Promise<boolean>;
  /** pids of running processes with one of the markers among the characters of their argv, except our own. */
  processesWithMarkers(markers: readonly string[]): readonly number[];
  /**
   * Removes a cgroup; none there is fine. While processes in it are still ending it is tried again, for `timeoutMs`.
   * Answers what keeps one that stays: a group below it, which somebody else made, or the processes that are in it.
   */
  removeCgroup(path: string, timeoutMs: number): Promise<string | undefined>;
  /** Lets a thread run on these CPUs only; without any, on those that this process may use. */
  bindThread(threadId: number, cpus: readonly number[]): void;
  /** Undoes something in a network namespace; what is gone is fine. */
  undoNetwork(resource: NetworkResource): Promise<void>;
}
