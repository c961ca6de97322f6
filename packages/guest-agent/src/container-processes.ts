import { readFileSync } from 'node:fs';
import { processesIn } from './cgroup.ts';

/** A process of a container; pids are those inside the container. */
export interface ContainerProcess {
  readonly pid: number;
  /** 0: its parent is outside the container. */
  readonly ppid: number;
  readonly uid: number;
  readonly cpuMs: number;
  /** Seconds since the epoch. */
  readonly startedAt: number;
  readonly rssKib: number;
  /** As `pts/0`, or `?`. */
  readonly tty: string;
  readonly state: string;
  readonly command: string;
}

const msPerTick = 10;
const kibPerPage = 4;
const unixPtsMajor = 136;
const mostCommandCharacters = 4096;

/** All processes in a cgroup and those below it, by pid. One that ends meanwhile is passed over. */
export function containerProcesses(cgroupDir: string, procDir = '/proc'): ContainerProcess[] {
  const bootTime = Number(/^btime (\d+)$/m.exec(readFileSync(`${procDir}/stat`, 'latin1'))?.[1] ?? 0);
  const found = processesIn(cgroupDir).flatMap((pid) => {
    try {
      return [{ hostPid: pid, ...readProcess(`${procDir}/${pid}`, bootTime) }];
    } catch {
      return [];
    }
  });
  const inside = new Map(found.map(({ hostPid, pid }) => [hostPid, pid]));
  return found
    .map(({ hostPid: _hostPid, hostParent, ...process }) => ({
      ...process,
      ppid: inside.get(hostParent) ?? 0,
    }))
    .sort((a, b) => a.pid - b.pid);
}

function readProcess(dir: string, bootTime: number) {
  const stat = readFileSync(`${dir}/stat`, 'latin1');
  const status = readFileSync(`${dir}/status`, 'latin1');
  const nameEnd = stat.lastIndexOf(')');
  const name = stat.slice(stat.indexOf('(') + 1, nameEnd);
  // proc(5): the fields after the name, from state (3) on.
  const fields = stat.slice(nameEnd + 2).split(' ');
  const field = (number: number): number => Number(fields[number - 3]);
  const words = readFileSync(`${dir}/cmdline`, 'utf8').replace(/\0+$/, '').replaceAll('\0', ' ');
  return {
    pid: Number(/^NSpid:.*?(\d+)$/m.exec(status)?.[1]),
    hostParent: field(4),
    uid: Number(/^Uid:\s*(\d+)/m.exec(status)?.[1]),
    cpuMs: (field(14) + field(15)) * msPerTick,
    startedAt: bootTime + Math.floor((field(22) * msPerTick) / 1000),
    rssKib: field(24) * kibPerPage,
    tty: terminalName(field(7)),
    state: fields[0] ?? '?',
    command: (words === '' ? `[${name}]` : words).slice(0, mostCommandCharacters),
  };
}

/** proc(5), tty_nr: the minor number in bits 31 to 20 and 7 to 0, the major in bits 15 to 8. */
function terminalName(number: number): string {
  const major = (number >> 8) & 0xff;
  const minor = (number & 0xff) | ((number >> 12) & 0xfff00);
  return major >= unixPtsMajor && major < unixPtsMajor + 8
    ? `pts/${(major - unixPtsMajor) * 256 + minor}`
    : '?';
}
