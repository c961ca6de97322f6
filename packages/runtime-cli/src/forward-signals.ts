import { constants } from 'node:os';

const FORWARDED = [
  'SIGHUP',
  'SIGINT',
  'SIGQUIT',
  'SIGTERM',
  'SIGUSR1',
  'SIGUSR2',
  'SIGWINCH',
  'SIGCONT',
] as const;

/** Passes this process's signals on to the container's until the returned function is called. */
export function forwardSignals(deliver: (signal: number) => Promise<unknown>): () => void {
  const handlers = FORWARDED.map((name) => {
    const handler = (): void => {
      // A process that has just ended cannot take it; its end is reported by itself.
      deliver(constants.signals[name]).catch(() => {});
    };
    process.on(name, handler);
    return { name, handler };
  });
  return () => {
    for (const { name, handler } of handlers) process.off(name, handler);
  };
}
