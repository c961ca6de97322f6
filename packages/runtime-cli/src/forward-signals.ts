import { constants } from 'node:os';

const FORWARDED = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGUSR1', 'SIGUSR2', 'SIGCONT'] as const;

/** Numbers of the signals that are passed on, where there is no terminal whose size can change. */
export const FORWARDED_SIGNALS: readonly number[] = [...FORWARDED, 'SIGWINCH' as const].map(
  (name) => constants.signals[name],
);

/** Where signals of this process go. */
export interface SignalTarget {
  readonly deliver: (signal: number) => Promise<unknown>;
  /** In place of delivering SIGWINCH, for a process with a terminal. */
  readonly resized?: () => Promise<unknown>;
}

/** Passes this process's signals on to the container's until the returned function is called. */
export function forwardSignals({ deliver, resized }: SignalTarget): () => void {
  const forward = (name: NodeJS.Signals, action: () => Promise<unknown>) => {
    const handler = (): void => {
      // A process that has just ended cannot take it; its end is reported by itself.
      action().catch(() => {});
    };
    process.on(name, handler);
    return () => process.off(name, handler);
  };
  const undo = FORWARDED.map((name) => forward(name, () => deliver(constants.signals[name])));
  undo.push(forward('SIGWINCH', resized ?? (() => deliver(constants.signals.SIGWINCH))));
  return () => {
    for (const stop of undo) stop();
  };
}
