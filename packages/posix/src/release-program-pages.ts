import { readFileSync, readlinkSync } from 'node:fs';
import { callLibc } from './libc.ts';

const MADV_DONTNEED = 4;

/**
 * Takes the unchanged pages of this process's own executable (code and constants) out of its memory; the kernel maps each
 * again, from its page cache, when it is used. Of an engine's 90 MB about 40 are used for its start and few of those ever
 * again: for a process that has begun to wait. Returns the bytes that were let go of.
 *
 * Pages that this process changed stay: only mappings that are not writable, and have no page of the process's own, in
 * memory or swapped out, are touched. Other threads may run in them meanwhile: they wait for the page as at its first use.
 *
 * @throws PosixError when /proc cannot be read
 */
export function releaseProgramPages(): number {
  let released = 0;
  for (const { start, end, residentBytes } of unchangedMappings(
    readFileSync('/proc/self/smaps', 'latin1'),
    readlinkSync('/proc/self/exe', 'latin1'),
  )) {
    callLibc('madvise', [start, end - start, MADV_DONTNEED]);
    released += residentBytes;
  }
  return released;
}

interface Mapping {
  readonly start: number;
  readonly end: number;
  readonly residentBytes: number;
}

/** Of an smaps text (proc(5)) the mappings of `path` that nobody can have written to and that are in memory. */
export function unchangedMappings(smaps: string, path: string): Mapping[] {
  const mappings: Mapping[] = [];
  for (const [text, from = '', to = '', rights = '', name] of smaps.matchAll(MAPPING)) {
    if (name !== path || rights.includes('w')) continue;
    const residentKib = kibOf(text, 'Rss');
    // What a process wrote to such a page (relocations) would be lost; a page that was swapped out is no longer in Anonymous.
    if (residentKib === 0 || kibOf(text, 'Anonymous') !== 0 || kibOf(text, 'Swap') !== 0) continue;
    mappings.push({
      start: Number.parseInt(from, 16),
      end: Number.parseInt(to, 16),
      residentBytes: residentKib * 1024,
    });
  }
  return mappings;
}

/** The line with addresses, rights, offset, device, inode and path, and the lines of figures under it. */
const MAPPING = /^([0-9a-f]+)-([0-9a-f]+) (\S+) \S+ \S+ \d+ *(.*)\n(?:[A-Z].*\n)*/gm;

function kibOf(text: string, figure: string): number {
  const kib = new RegExp(`^${figure}: +(\\d+) kB$`, 'm').exec(text)?.[1];
  if (kib === undefined) throw new Error(`/proc/self/smaps has no ${figure}`);
  return Number(kib);
}
