/** What a machine's process has memory for. */
export type MemoryPart = 'translations of the guest’s code' | 'the guest’s memory' | 'QEMU’s own';

/** What backs the guest's memory: a template's file, a copy's own file, or one that only a descriptor names. */
const guestMemory = /\/memory[^/]*$|memfd:/;

/**
 * The proportional set size of a QEMU by what it is for, in MiB, from the text of its /proc/PID/smaps (proc(5)). Memory that
 * may be both written and executed is the emulator's.
 */
export function memoryParts(smaps: string): ReadonlyMap<MemoryPart, number> {
  const partsMib = new Map<MemoryPart, number>();
  let part: MemoryPart = 'QEMU’s own';
  for (const line of smaps.split('\n')) {
    const mapping = /^[0-9a-f]+-[0-9a-f]+ (?<rights>\S+) \S+ \S+ \S+ *(?<path>.*)$/.exec(line)?.groups;
    if (mapping !== undefined) {
      const { rights = '', path = '' } = mapping;
      part = partOf(rights, path);
    }
    const kib = /^Pss: +(\d+) kB$/.exec(line)?.[1];
    if (kib !== undefined) partsMib.set(part, (partsMib.get(part) ?? 0) + Number(kib) / 1024);
  }
  return partsMib;
}

function partOf(rights: string, path: string): MemoryPart {
  if (rights.startsWith('rwx')) return 'translations of the guest’s code';
  return guestMemory.test(path) ? 'the guest’s memory' : 'QEMU’s own';
}
