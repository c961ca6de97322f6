import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import {
  bindMount,
  isProcessAlive,
  killExact,
  mount,
  mountFlags,
  PosixError,
  setMountPropagation,
  setThreadCpus,
  threadCpus,
  unmount,
} from '@hako/posix';
import type { Host } from './host.ts';
import { removeCgroup } from './remove-cgroup.ts';
import { runningSince } from './running-since.ts';

const SIGKILL = 9;
/** A killed process of this kind is gone within milliseconds; there is no event to wait on for one that is no child. */
const LOOK_AGAIN_MS = 2;

/** The host kernel for real. */
export function posixHost(): Host {
  return {
    bindMount: (source, target, { readonly }) => bindMount(source, target, { readonly, recursive: true }),
    mountOverlay: (data, target, { readonly }) =>
      mount({ source: 'overlay', target, type: 'overlay', data, flags: readonly ? mountFlags.readonly : 0 }),
    mountView,
    unmountAll,
    mountsBelow: (directory) => mountsBelow(directory, readFileSync('/proc/self/mountinfo', 'utf8')),
    processStartTime: runningSince,
    killProcess,
    processesWithMarkers,
    removeCgroup,
    bindThread: (threadId, cpus) =>
      setThreadCpus(threadId, cpus.length === 0 ? threadCpus(process.pid) : cpus),
    // Loaded by those few who need it.
    undoNetwork: async (resource) => (await import('@hako/network')).undoNetwork(resource),
  };
}

function mountView(source: string, target: string): void {
  bindMount(source, target, { readonly: true });
  // First private: it would have its mounts in common with what `source` lies on.
  setMountPropagation(target, 'private');
  setMountPropagation(target, 'shared');
}

function unmountAll(target: string): void {
  for (;;) {
    try {
      unmount(target, { detach: true });
    } catch (error) {
      // EINVAL: nothing (more) is mounted there.
      if (error instanceof PosixError && (error.code === 'EINVAL' || error.code === 'ENOENT')) return;
      throw error;
    }
  }
}

/** Mount points at or below `directory` in the text of /proc/PID/mountinfo (proc(5)), deepest first. */
export function mountsBelow(directory: string, mountinfo: string): readonly string[] {
  const prefix = directory.endsWith('/') ? directory : `${directory}/`;
  return mountinfo
    .split('\n')
    .map((line) => unescapePath(line.split(' ')[4] ?? ''))
    .filter((target) => target === directory || target.startsWith(prefix))
    .sort((a, b) => b.length - a.length);
}

/** The kernel writes space, tab, newline and backslash of a path as three octal digits. */
export function unescapePath(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}

async function killProcess(pid: number, startTime: number, timeoutMs: number): Promise<boolean> {
  const deadlineMs = performance.now() + timeoutMs;
  if (!isProcessAlive(pid, startTime)) return true;
  killExact(pid, startTime, SIGKILL);
  while (isProcessAlive(pid, startTime)) {
    if (performance.now() > deadlineMs) return false;
    await delay(LOOK_AGAIN_MS);
  }
  return true;
}

/** Where a marker is, if it is there: no argv that hako starts is longer. */
const argvBytes = 64 << 10;

function processesWithMarkers(markers: readonly string[]): readonly number[] {
  const argv = Buffer.alloc(argvBytes);
  return readdirSync('/proc')
    .filter((name) => /^[0-9]+$/.test(name))
    .map(Number)
    .filter((pid) => {
      if (pid === process.pid) return false;
      const found = argv.subarray(0, readArgv(pid, argv));
      return markers.some((marker) => found.includes(marker));
    });
}

/** Bytes read: 0 for a process that has ended. Of thousands, so that no buffer is made for each. */
function readArgv(pid: number, into: Buffer): number {
  let fd: number;
  try {
    fd = openSync(`/proc/${pid}/cmdline`, 'r');
  } catch {
    return 0;
  }
  try {
    return readSync(fd, into);
  } catch {
    return 0;
  } finally {
    closeSync(fd);
  }
}
