import { existsSync, writeFileSync } from 'node:fs';

/** There is nothing to label a process by where the kernel has SELinux switched off. */
export function hasSelinux(): boolean {
  return existsSync('/sys/fs/selinux/enforce');
}

/** Of the thread that writes to it, as processes are started by one: `/proc/self` would be another's. */
const nextExec = '/proc/thread-self/attr/exec';

/** Runs `start`, which starts a process: that one runs under `label`. Of this thread nothing is changed when it returns. */
export function underLabel<T>(label: string, start: () => T, attribute: string = nextExec): T {
  writeFileSync(attribute, label);
  try {
    return start();
  } finally {
    // A line without a label takes it back; of nothing at all there would be no call.
    writeFileSync(attribute, '\n');
  }
}
