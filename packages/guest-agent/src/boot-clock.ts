import { readFileSync } from 'node:fs';

/** Ticks of /proc/PID/stat; the kernel's USER_HZ is 100 on every architecture that matters here. */
const msPerTick = 10;

/** Milliseconds since the guest's boot, in steps of 10. */
export function uptimeMs(): number {
  return Math.round(Number(readFileSync('/proc/uptime', 'latin1').split(' ')[0]) * 1000);
}

/** When this process was started, in milliseconds since the guest's boot, in steps of 10. */
export function processStartMs(): number {
  const stat = readFileSync('/proc/self/stat', 'latin1');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]) * msPerTick;
}
