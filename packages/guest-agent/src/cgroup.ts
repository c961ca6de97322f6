import { readFileSync, writeFileSync } from 'node:fs';

/** Root of the guest's cgroup v2 hierarchy. */
export const cgroupRoot = '/sys/fs/cgroup';

/** Folder of the cgroup that a process is in, or undefined when it is gone or in none but the root. */
export function cgroupOf(pid: number, root: string = cgroupRoot): string | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/cgroup`, 'latin1');
  } catch {
    return undefined;
  }
  const path = /^0::(\/.+)$/m.exec(text)?.[1];
  return path === undefined || path === '/' ? undefined : root + path;
}

/** Pids in a cgroup itself (not below it); none when it is gone. */
export function processesIn(cgroupDir: string): number[] {
  try {
    return readFileSync(`${cgroupDir}/cgroup.procs`, 'latin1')
      .split('\n')
      .map(Number)
      .filter((pid) => pid > 0);
  } catch {
    return [];
  }
}

/** Writes a control file; false when it is not there or refuses. */
export function writeControl(cgroupDir: string, file: string, value: string): boolean {
  try {
    writeFileSync(`${cgroupDir}/${file}`, value);
    return true;
  } catch {
    return false;
  }
}
