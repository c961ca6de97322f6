import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cgroupRoot, writeControl } from './cgroup.ts';
import type { Machine } from './system/machine.ts';

const MS_NOSUID = 2;
const MS_NODEV = 4;
const MS_NOEXEC = 8;

interface BaseMount {
  readonly target: string;
  readonly type: string;
  readonly flags: number;
  readonly data?: string;
}

/** Without these there is no port to be found. */
const firstMounts: readonly BaseMount[] = [
  { target: '/proc', type: 'proc', flags: MS_NOSUID | MS_NODEV | MS_NOEXEC },
  { target: '/sys', type: 'sysfs', flags: MS_NOSUID | MS_NODEV | MS_NOEXEC },
  { target: '/dev', type: 'devtmpfs', flags: MS_NOSUID },
];

/** These are for containers. */
const laterMounts: readonly BaseMount[] = [
  { target: '/run', type: 'tmpfs', flags: MS_NOSUID | MS_NODEV, data: 'mode=0755' },
  { target: '/tmp', type: 'tmpfs', flags: MS_NOSUID | MS_NODEV, data: 'mode=1777' },
  { target: '/dev/pts', type: 'devpts', flags: MS_NOSUID | MS_NOEXEC, data: 'gid=5,mode=0620,ptmxmode=0666' },
  { target: '/dev/shm', type: 'tmpfs', flags: MS_NOSUID | MS_NODEV, data: 'mode=1777' },
  { target: cgroupRoot, type: 'cgroup2', flags: MS_NOSUID | MS_NODEV | MS_NOEXEC },
];

/** Mounts what the agent needs to find its port, where it is missing. Throws AgentError. */
export function mountFirst(machine: Machine): void {
  mountMissing(machine, firstMounts);
}

/** Makes the guest ready for containers, where it is not yet. Throws AgentError. */
export function prepareGuest(machine: Machine): void {
  mountMissing(machine, laterMounts);
  const controllers = readFileSync(`${cgroupRoot}/cgroup.controllers`, 'latin1').trim();
  const enabled = readFileSync(`${cgroupRoot}/cgroup.subtree_control`, 'latin1').trim();
  // hako's image comes with both done.
  if (controllers !== '' && enabled === '') {
    const all = controllers.split(' ').map((name) => `+${name}`);
    if (!writeControl(cgroupRoot, 'cgroup.subtree_control', all.join(' '))) {
      // One that refuses must not keep the others out.
      for (const one of all) writeControl(cgroupRoot, 'cgroup.subtree_control', one);
    }
  }
  if (!isUp('lo')) machine.loopbackUp();
}

function isUp(device: string): boolean {
  try {
    return (Number(readFileSync(`/sys/class/net/${device}/flags`, 'latin1')) & 1) === 1;
  } catch {
    return false;
  }
}

function mountMissing(machine: Machine, mounts: readonly BaseMount[]): void {
  const mounted = mountPoints();
  for (const { target, type, flags, data } of mounts) {
    if (mounted.has(target)) continue;
    mkdirSync(target, { recursive: true });
    machine.mount({ source: type, target, type, flags, ...(data === undefined ? {} : { data }) });
  }
}

function mountPoints(): Set<string> {
  try {
    const lines = readFileSync('/proc/self/mounts', 'latin1').split('\n');
    return new Set(lines.map((line) => line.split(' ')[1] ?? ''));
  } catch {
    return new Set();
  }
}

/** Says on the guest's console what the host cannot be told any more. */
export function printOnConsole(text: string): void {
  try {
    writeFileSync('/dev/console', `hako-agent: ${text}\n`);
  } catch {
    // Without a console nobody can be told.
  }
}
