import { closeSync, constants, openSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { SharedMount } from '@hako/agent-protocol';
import { AgentError } from './agent-error.ts';
import { inFolderBeneath } from './files/folder-beneath.ts';
import type { Machine } from './system/machine.ts';

const { O_RDONLY, O_DIRECTORY } = constants;
const FOLDER_MODE = 0o755;
const LOOK_AGAIN_MS = 50;

/** The container that is to see them; its command does not run yet. */
export interface MountTarget {
  readonly pid: number;
  /** First process of the container of that name in the pod; undefined where none runs. */
  readonly pidOf: (name: string) => number | undefined;
  /** How long the other containers may take to mount them. Default 10 s, as Kata's. */
  readonly timeoutMs?: number;
}

/**
 * Shows in a container what others of its pod have mounted in theirs. Missing folders for it are made. A source that is not
 * there is passed over, as by Kata: the configuration may mean other pods. No link is followed on either side.
 *
 * Throws AgentError `failed-precondition` where nothing is mounted in time, `invalid-argument` for links, `internal`.
 */
export async function addSharedMounts(
  mounts: readonly SharedMount[],
  { pid, pidOf, timeoutMs = 10_000 }: MountTarget,
  machine: Pick<Machine, 'bindAcross'>,
): Promise<void> {
  for (const mount of mounts) {
    const sourcePid = pidOf(mount.srcCtr);
    if (sourcePid === undefined) continue;
    await mounted(sourcePid, mount, timeoutMs);
    const sourceFd = openFolder(sourcePid, mount.srcPath);
    try {
      const targetFd = openFolder(pid, mount.dstPath, FOLDER_MODE);
      try {
        machine.bindAcross({ pid: sourcePid, fd: sourceFd }, { pid, fd: targetFd });
      } finally {
        closeSync(targetFd);
      }
    } finally {
      closeSync(sourceFd);
    }
  }
}

/** Resolves once something is mounted there. Nobody else tells: it is the container's own doing. */
async function mounted(
  pid: number,
  { name, srcCtr, srcPath }: SharedMount,
  timeoutMs: number,
): Promise<void> {
  const deadlineMs = performance.now() + timeoutMs;
  const place = srcPath.replace(/\/$/, '');
  while (!mountPoints(pid).includes(place)) {
    if (performance.now() > deadlineMs)
      throw new AgentError(
        'failed-precondition',
        `shared mount ${name}: container ${srcCtr} has nothing mounted at ${srcPath} after ${timeoutMs} ms`,
      );
    await delay(LOOK_AGAIN_MS);
  }
}

/** Empty for a process that has ended. */
function mountPoints(pid: number): readonly string[] {
  try {
    const text = readFileSync(`/proc/${pid}/mountinfo`, 'utf8');
    return text.split('\n').map((line) => line.split(' ')[4] ?? '');
  } catch {
    return [];
  }
}

function openFolder(pid: number, path: string, makeMode?: number): number {
  const open = (folder: string): number => openSync(folder, O_RDONLY | O_DIRECTORY);
  return inFolderBeneath(`/proc/${pid}/root`, path, open, makeMode);
}
