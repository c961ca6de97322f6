import { forwardedSignals } from './forwarded-signals.ts';

/** Where signals of this process go. */
export interface SignalTarget {
  readonly deliver: (signal: number) => Promise<unknown>;
  /** In place of delivering SIGWINCH, for a process with a terminal. */
  readonly resized?: () => Promise<unknown>;
}

/** Passes this process's signals on to the container's until the returned function is called. */
export function forwardSignals({ deliver, resized }: SignalTarget): () => void {
  const forward = (name: keyof typeof forwardedSignals, number: number) => {
    const handler = (): void => {
      const action = name === 'SIGWINCH' && resized !== undefined ? resized() : deliver(number);
      // A process that has just ended cannot take it; its end is reported by itself.
      action.catch(() => {});
    };
    process.on(name, handler);
    return () => process.off(name, handler);
  };
  const names = Object.keys(forwardedSignals) as (keyof typeof forwardedSignals)[];
  const undo = names.map((name) => forward(name, forwardedSignals[name]));
  return () => {
    for (const stop of undo) stop();
  };
}
