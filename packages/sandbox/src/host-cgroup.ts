import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ResourceLedger } from '@hako/hypervisor';
import { type CgroupHierarchy, cgroupHierarchies, cgroupOf } from './cgroup-hierarchies.ts';

/**
 * The host's cgroup of a sandbox, in every hierarchy: shim, VMM, virtiofsd and stand-ins live in it, so that the host
 * accounts for, and whoever set limits on it or above it limits, what the sandbox costs. hako sets no limits of its
 * own here: those of the container are the guest's, and the same number for a container and for its whole VM would
 * end the VM.
 *
 * Life: `enter` (before any other process of the sandbox starts), `add` any number of times, `leave` before what the
 * ledger tells is undone.
 */
export class HostCgroup {
  readonly #path: string;
  readonly #isOurs: boolean;
  readonly #joined: { readonly hierarchy: CgroupHierarchy; readonly before: string }[] = [];

  /**
   * @param path below each hierarchy's mount point, as hostCgroupPath gives it
   * @param options.isOurs whether it is hako's by its name: then it is undone also when it was there before, made for a
   *   sandbox of another state root with the same id; the last of them to end removes it. One that others made stays
   */
  constructor(path: string, { isOurs }: { readonly isOurs: boolean }) {
    this.#path = path;
    this.#isOurs = isOurs;
  }

  /** Makes the cgroup and moves this process into it. Answers what did not work; a host may not allow it. */
  async enter(ledger: ResourceLedger): Promise<readonly string[]> {
    const own = readFileSync('/proc/self/cgroup', 'utf8');
    const failures: string[] = [];
    for (const hierarchy of cgroupHierarchies(readFileSync('/proc/self/mountinfo', 'utf8'))) {
      try {
        await this.#make(hierarchy, ledger);
        write(this.#procs(hierarchy), process.pid);
        this.#joined.push({ hierarchy, before: cgroupOf(hierarchy, own) ?? '/' });
      } catch (error) {
        failures.push(`${hierarchy.mountPoint}${this.#path}: ${(error as Error).message}`);
      }
    }
    return failures;
  }

  /** Moves another process into it. One that has ended meanwhile is fine. */
  add(pid: number): void {
    for (const { hierarchy } of this.#joined) ignoreFailure(() => write(this.#procs(hierarchy), pid));
  }

  /** Moves this process to where it was before. */
  leave(): void {
    this.sendBack(process.pid);
    this.#joined.length = 0;
  }

  /** Moves a process that is none of the sandbox's to where this one was before. */
  sendBack(pid: number): void {
    for (const { hierarchy, before } of this.#joined) {
      // A cgroup that is gone, or has controllers of version 2 below it, takes no process: then the root does.
      for (const path of [before, '/']) {
        if (ignoreFailure(() => write(join(hierarchy.mountPoint, path, 'cgroup.procs'), pid))) break;
      }
    }
  }

  #procs({ mountPoint }: CgroupHierarchy): string {
    return join(mountPoint, this.#path, 'cgroup.procs');
  }

  async #make({ mountPoint, controllers }: CgroupHierarchy, ledger: ResourceLedger): Promise<void> {
    const group = join(mountPoint, this.#path);
    const toMake = this.#isOurs ? [group] : missingFolders(group);
    for (const path of toMake) {
      await ledger.announce({ kind: 'cgroup', path });
      if (controllers === undefined) delegate(dirname(path));
      mkdirSync(path, { recursive: true });
    }
  }
}

/** What is missing of a path, outermost first. */
function missingFolders(path: string): string[] {
  return existsSync(path) ? [] : [...missingFolders(dirname(path)), path];
}

/** Moves processes of ours to where that one is, in every hierarchy. Where the host does not allow it they stay. */
export function joinCgroupOf(pid: number, ours: readonly number[]): void {
  const theirs = readFileSync(`/proc/${pid}/cgroup`, 'utf8');
  for (const hierarchy of cgroupHierarchies(readFileSync('/proc/self/mountinfo', 'utf8'))) {
    const path = cgroupOf(hierarchy, theirs);
    if (path === undefined) continue;
    const procs = join(hierarchy.mountPoint, path, 'cgroup.procs');
    for (const one of ours) ignoreFailure(() => write(procs, one));
  }
}

/** Controllers of version 2 count in a group only where its parent hands them down. */
function delegate(parent: string): void {
  ignoreFailure(() => {
    const available = readFileSync(join(parent, 'cgroup.controllers'), 'utf8').trim().split(' ');
    for (const name of ['cpu', 'memory', 'io', 'pids']) {
      if (available.includes(name)) {
        ignoreFailure(() => writeFileSync(join(parent, 'cgroup.subtree_control'), `+${name}`));
      }
    }
  });
}

function write(path: string, pid: number): void {
  writeFileSync(path, String(pid));
}

function ignoreFailure(action: () => void): boolean {
  try {
    action();
    return true;
  } catch {
    return false;
  }
}
