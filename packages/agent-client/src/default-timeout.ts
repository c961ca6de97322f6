/** Calls that answer when there is something to say, or when a process has read what it was sent: no limit. */
const unlimited: ReadonlySet<string> = new Set([
  'GetOOMEvent',
  'ReadStderr',
  'ReadStdout',
  'WaitProcess',
  'WriteStdin',
]);

/**
 * How long a call may take, in milliseconds, when the caller does not say: 30 s for the health check, no limit for
 * long polls, 60 s for the others (the values of Kata's runtime).
 */
export function defaultTimeoutMs(method: string): number {
  if (unlimited.has(method)) return Number.POSITIVE_INFINITY;
  return method === 'Check' || method === 'Version' ? 30_000 : 60_000;
}
