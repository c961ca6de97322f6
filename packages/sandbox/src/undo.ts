import { existsSync, unlinkSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { HostResource } from '@hako/hypervisor';
import type { Host } from './host.ts';
import type { JournalEntry } from './journal.ts';
import { sandboxError } from './sandbox-error.ts';

const KILL_TIMEOUT_MS = 5000;
/** For processes that were told to end; whoever is still in a cgroup then was put there by others. */
const CGROUP_TIMEOUT_MS = 1000;
/** More than processes that remove one directory at the same time. */
const REMOVE_ATTEMPTS = 20;

/**
 * Undoes journal entries, last first. Idempotent: what is already gone is fine, so it may be run from any state
 * and again after it was interrupted.
 *
 * @returns what stays because others are in it, and is theirs now
 * @throws SandboxError `teardown-incomplete` after trying everything, naming what could not be undone
 */
export async function undoJournal(entries: readonly JournalEntry[], host: Host): Promise<readonly string[]> {
  const failures: string[] = [];
  // Processes first: they hold mounts and may make files.
  for (const step of [undoProcesses, undoNetworks, undoMounts, undoFiles])
    failures.push(...(await step(entries, host)));
  const kept = await undoCgroups(entries, host, failures);
  if (failures.length > 0) {
    throw sandboxError('teardown-incomplete', `could not undo everything: ${failures.join('; ')}`);
  }
  return kept;
}

type Step = (entries: readonly JournalEntry[], host: Host) => Promise<string[]>;

const undoProcesses: Step = async (entries, host) => {
  const failures: string[] = [];
  const markers: string[] = [];
  for (const entry of entries.toReversed()) {
    if (entry.op === 'announce') {
      if (entry.resource.kind === 'process') markers.push(entry.resource.marker);
    } else if (entry.startTime !== 0) {
      if (!(await host.killProcess(entry.pid, entry.startTime, KILL_TIMEOUT_MS))) {
        failures.push(`${entry.role} (pid ${entry.pid}) does not end`);
      }
    }
  }
  if (markers.length === 0) return failures;
  // Announced, and perhaps started by someone who died before noting the pid; or a child of one that is noted.
  for (const pid of host.processesWithMarkers(markers)) {
    const startTime = host.processStartTime(pid);
    if (startTime !== null && !(await host.killProcess(pid, startTime, KILL_TIMEOUT_MS))) {
      failures.push(`a process of the sandbox (pid ${pid}) does not end`);
    }
  }
  return failures;
};

const undoNetworks: Step = async (entries, host) => {
  const failures: string[] = [];
  const done = new Set<string>();
  for (const resource of announced(entries)) {
    if (
      resource.kind !== 'network-link' &&
      resource.kind !== 'network-qdisc' &&
      resource.kind !== 'network-link-state'
    )
      continue;
    // What came and went while the sandbox lived is in the journal as often.
    const text = JSON.stringify(resource);
    if (done.has(text)) continue;
    done.add(text);
    try {
      await host.undoNetwork(resource);
    } catch (error) {
      failures.push(`${resource.kind} in ${resource.netNs.path} stays (${String(error)})`);
    }
  }
  return failures;
};

const undoMounts: Step = async (entries, host) => {
  const failures: string[] = [];
  for (const resource of announced(entries)) {
    if (resource.kind !== 'mount') continue;
    try {
      host.unmountAll(resource.target);
    } catch (error) {
      failures.push(`${resource.target} stays mounted (${String(error)})`);
    }
  }
  return failures;
};

const undoFiles: Step = async (entries, host) => {
  const failures: string[] = [];
  for (const resource of announced(entries)) {
    try {
      if (resource.kind === 'file') unlinkIfThere(resource.path);
      else if (resource.kind === 'directory') await removeTree(resource.path, host);
    } catch (error) {
      failures.push(`${'path' in resource ? resource.path : ''} cannot be removed (${String(error)})`);
    }
  }
  return failures;
};

async function undoCgroups(
  entries: readonly JournalEntry[],
  host: Host,
  failures: string[],
): Promise<readonly string[]> {
  const kept: string[] = [];
  // One for all: the processes of one hierarchy's group are those of the others'.
  const deadlineMs = performance.now() + CGROUP_TIMEOUT_MS;
  for (const resource of announced(entries)) {
    if (resource.kind !== 'cgroup') continue;
    try {
      const holder = await host.removeCgroup(resource.path, Math.max(0, deadlineMs - performance.now()));
      if (holder !== undefined) kept.push(`cgroup ${resource.path} stays, with ${holder} in it`);
    } catch (error) {
      failures.push(`${resource.path} cannot be removed (${String(error)})`);
    }
  }
  return kept;
}

function announced(entries: readonly JournalEntry[]): readonly HostResource[] {
  return entries.flatMap((entry) => (entry.op === 'announce' ? [entry.resource] : [])).toReversed();
}

/**
 * Removes a directory of hako's own with all in it, also when others do so at the same time. Refuses while anything is
 * mounted below: those would be the user's files.
 *
 * @param remove removes what it can; default: `rm`
 * @throws SandboxError `teardown-incomplete`
 */
export async function removeTree(
  directory: string,
  host: Pick<Host, 'mountsBelow'>,
  remove: (directory: string) => Promise<void> = removeRecursively,
): Promise<void> {
  const mounts = host.mountsBelow(directory);
  if (mounts.length > 0) {
    throw sandboxError('teardown-incomplete', `${directory} is not removed: ${mounts[0]} is still mounted`, {
      path: directory,
    });
  }
  // Bun's rm stops halfway, and says that all is well, when somebody else removes what it was about to.
  for (let attempt = 1; ; attempt += 1) {
    try {
      await remove(directory);
    } catch (error) {
      if (attempt === REMOVE_ATTEMPTS) throw error;
    }
    if (!existsSync(directory)) return;
    if (attempt === REMOVE_ATTEMPTS) {
      throw sandboxError('teardown-incomplete', `${directory} is not removed: files in it stay`, {
        path: directory,
      });
    }
  }
}

const removeRecursively = (directory: string): Promise<void> =>
  rm(directory, { recursive: true, force: true });

function unlinkIfThere(path: string): void {
  ignoreMissing(() => unlinkSync(path));
}

function ignoreMissing(action: () => void): void {
  try {
    action();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
