import { setTimeout as sleep } from 'node:timers/promises';

/** After which processes of hako that only wait have become small (QuietMemory of @hako/shim: 2 s). */
const QUIET_MS = 4000;

/** Lets what has been started come to rest, before the memory of it is measured. */
export function becomeQuiet(): Promise<void> {
  return sleep(QUIET_MS);
}
