import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type HostSnapshot, type LeakKind, leakKinds } from '@hako/test-run/host-snapshot';
import type { Goal, Reading } from '../figure.ts';
import { anonymousMemoryMib } from '../processes.ts';

/** What is looked at, before and after. */
export interface Watched {
  readonly things: HostSnapshot;
  readonly templates: string;
  /** Where hako keeps facts of the host, and by default its state. */
  readonly runtimeFolder: string;
  readonly shimPid: number;
  readonly vmmPid: number;
}

interface Row {
  readonly what: string;
  readonly unit: 'count' | 'MiB';
  /** How much more of it there may be after all starts. */
  readonly mayGrowBy: number;
  readonly read: (watched: Watched) => number;
}

const things = (kind: LeakKind): Row => ({
  what: kind,
  unit: 'count',
  mayGrowBy: 0,
  read: (watched) => watched.things[kind].size,
});

const rows: readonly Row[] = [
  ...leakKinds.map(things),
  { what: 'tap interfaces', unit: 'count', mayGrowBy: 0, read: tapInterfaces },
  { what: 'processes that nobody reaped', unit: 'count', mayGrowBy: 0, read: zombies },
  {
    what: "size of the templates' folder",
    unit: 'MiB',
    // The rounding of what a file system gives its files.
    mayGrowBy: 0.1,
    read: ({ templates }) => folderMib(templates),
  },
  {
    what: 'size of /run/hako',
    unit: 'MiB',
    mayGrowBy: 0.1,
    read: ({ runtimeFolder }) => folderMib(runtimeFolder),
  },
  {
    what: 'open files of a shim that lives on',
    unit: 'count',
    mayGrowBy: 0,
    read: ({ shimPid }) => openFiles(shimPid),
  },
  {
    what: 'memory of that shim',
    unit: 'MiB',
    mayGrowBy: 4,
    read: ({ shimPid }) => anonymousMemoryMib(shimPid),
  },
  { what: 'open files of its QEMU', unit: 'count', mayGrowBy: 0, read: ({ vmmPid }) => openFiles(vmmPid) },
  // Under emulation also what it has translated, at most 256 MiB: with virtio-fs, whose pages are read anew at each open, every
  // start of a program in the guest adds 0.6 MiB to it; with 9p nothing.
  {
    what: 'memory of its QEMU',
    unit: 'MiB',
    mayGrowBy: 256,
    read: ({ vmmPid }) => anonymousMemoryMib(vmmPid),
  },
  { what: 'open files of the host', unit: 'count', mayGrowBy: 200, read: hostOpenFiles },
  // Those of what has ended are freed in the background, a batch at a time.
  {
    what: 'memory that the kernel cannot take back',
    unit: 'MiB',
    mayGrowBy: 64,
    read: () => meminfoMib('SUnreclaim'),
  },
  {
    what: 'memory of the host in use',
    unit: 'MiB',
    mayGrowBy: 200,
    read: () => meminfoMib('MemTotal') - meminfoMib('MemAvailable'),
  },
];

export type Uses = ReadonlyMap<string, number>;

/** How much there is of each. */
export function usesNow(watched: Watched): Uses {
  return new Map(rows.map(({ what, read }) => [what, read(watched)]));
}

/** Two rows of the table for each: what there was and what there is. */
export function growthReadings(before: Uses, after: Uses): Reading[] {
  return rows.flatMap(({ what, unit }) => [
    { label: `${what}, before`, value: before.get(what) ?? 0, unit },
    { label: `${what}, after`, value: after.get(what) ?? 0, unit },
  ]);
}

/** No growth of anything. */
export const growthGoals: readonly Goal[] = rows.map(({ what, unit, mayGrowBy }) => ({
  name: `growth: ${what}`,
  unit,
  atMost: mayGrowBy,
  value: (median) => {
    const [before, after] = [median(`${what}, before`), median(`${what}, after`)];
    return before === undefined || after === undefined ? undefined : after - before;
  },
}));

function tapInterfaces(): number {
  return namesIn('/sys/class/net').filter((name) => namesIn(`/sys/class/net/${name}`).includes('tun_flags'))
    .length;
}

function zombies(): number {
  return namesIn('/proc').filter(
    (name) => /^\d+$/.test(name) && readText(`/proc/${name}/stat`).includes(') Z '),
  ).length;
}

function openFiles(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

function hostOpenFiles(): number {
  const [count = ''] = readText('/proc/sys/fs/file-nr').split('\t');
  return Number(count);
}

function meminfoMib(row: string): number {
  const kib = new RegExp(`^${row}: +(\\d+) kB$`, 'm').exec(readText('/proc/meminfo'))?.[1];
  if (kib === undefined) throw new Error(`/proc/meminfo has no ${row}`);
  return Number(kib) / 1024;
}

/** What its files take; 0 where there is none. */
export function folderMib(folder: string): number {
  const blocks = (path: string): number => {
    const status = lstatSync(path, { throwIfNoEntry: false });
    if (status === undefined) return 0;
    const below = status.isDirectory() ? namesIn(path).map((name) => blocks(join(path, name))) : [];
    return below.reduce((sum, one) => sum + one, status.blocks);
  };
  return (blocks(folder) * 512) / 2 ** 20;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Empty for what has gone meanwhile. */
function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
