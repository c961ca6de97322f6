import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

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

/** Pids in a cgroup and those below it, which a container may have made; none when it is gone. */
export function processesIn(cgroupDir: string): number[] {
  try {
    const own = readFileSync(`${cgroupDir}/cgroup.procs`, 'latin1').split('\n').map(Number);
    const below = readdirSync(cgroupDir, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .flatMap(({ name }) => processesIn(`${cgroupDir}/${name}`));
    return [...own.filter((pid) => pid > 0), ...below];
  } catch {
    return [];
  }
}

/** How many processes in the cgroup the kernel has killed for want of memory. */
export function oomKills(cgroupDir: string): number {
  try {
    const count = /^oom_kill (\d+)$/m.exec(readFileSync(`${cgroupDir}/memory.events`, 'latin1'))?.[1];
    return count === undefined ? 0 : Number(count);
  } catch {
    return 0;
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
