import { readFileSync } from 'node:fs';
import { parseKernelList } from './kernel-list.ts';
import { callLibc } from './libc.ts';
import { fromNodeError } from './posix-error.ts';

/** Of cpu_set_t, sched_setaffinity(2). */
const setBytes = 128;

/**
 * Lets a thread, of whatever process, run on these CPUs of the host only. Throws PosixError: EINVAL where none of them is online
 * and in its cgroup's set, ESRCH for a thread that is gone.
 */
export function setThreadCpus(threadId: number, cpus: readonly number[]): void {
  const mask = Buffer.alloc(setBytes);
  for (const cpu of cpus) {
    if (cpu < setBytes * 8) mask.writeUInt8(mask.readUInt8(cpu >> 3) | (1 << (cpu & 7)), cpu >> 3);
  }
  callLibc('sched_setaffinity', [threadId, setBytes, mask]);
}

/** The CPUs that a thread may run on. Throws PosixError ENOENT or ESRCH for one that is gone. */
export function threadCpus(threadId: number): readonly number[] {
  const path = `/proc/${threadId}/status`;
  let text: string;
  try {
    text = readFileSync(path, 'latin1');
  } catch (error) {
    throw fromNodeError(error, path);
  }
  return parseKernelList(/^Cpus_allowed_list:(.*)$/m.exec(text)?.[1] ?? '') ?? [];
}
