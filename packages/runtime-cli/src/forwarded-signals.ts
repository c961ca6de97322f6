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
