import { readFileSync } from 'node:fs';
import { processStatus } from '@hako/posix';
import { readJournal } from './journal.ts';
import type { StateStore } from './state-store.ts';

/** A host process of a sandbox and what it uses. */
export interface HostProcessUse {
  /** `shim`, `qemu`, `virtiofsd`, ... */
  readonly role: string;
  readonly pid: number;
  /** CPU time since its start, in nanoseconds. */
  readonly cpuNs: number;
  /** Memory that would be free without it: private pages and its share of shared ones (PSS), in bytes. */
  readonly memoryBytes: number;
}

/**
 * What a sandbox costs on the host, process by process: its shim and those of its journal that run. The memory of the
 * VM's processes contains what the containers use inside.
 */
export function sandboxProcesses(store: StateStore, sandboxId: string): readonly HostProcessUse[] {
  const paths = store.sandbox(sandboxId);
  const shim = store.readShimRecord(sandboxId);
  const started = readJournal(paths.journal).flatMap((entry) => (entry.op === 'started' ? [entry] : []));
  return [...(shim === null ? [] : [{ role: 'shim', ...shim }]), ...started].flatMap(
    ({ role, pid, startTime }) => {
      const status = processStatus(pid);
      if (status === null || status.startTime !== startTime) return [];
      try {
        return [{ role, pid, cpuNs: status.cpuTicks * NS_PER_TICK, memoryBytes: memoryBytes(pid) }];
      } catch {
        // It ended meanwhile.
        return [];
      }
    },
  );
}

const NS_PER_TICK = 10_000_000;

function memoryBytes(pid: number): number {
  const kib = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1'))?.[1];
  return Number(kib ?? 0) * 1024;
}
