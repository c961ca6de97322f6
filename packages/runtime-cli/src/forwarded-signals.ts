import type { PlainCall } from './plain-call.ts';

/** Signals that a command passes on to the process that it waits for; the same on x86-64 and arm64. */
export const forwardedSignals = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGUSR1: 10,
  SIGUSR2: 12,
  SIGTERM: 15,
  SIGCONT: 18,
  SIGWINCH: 28,
} as const;

export const FORWARDED_SIGNALS: readonly number[] = Object.values(forwardedSignals);

/**
 * True for a command that has nothing to do with these signals but to let the stand-in have them that it becomes. Its engine is started
 * with them blocked: in the moment of change nobody would hear of one that any thread of the engine took.
 */
export function leavesSignals(call: PlainCall | undefined): boolean {
  return call?.command === 'exec' && !call.flags.has('detach');
}
