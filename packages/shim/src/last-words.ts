import type { EventEmitter } from 'node:events';
import type { Log } from './shim-log.ts';

/** The part of `process` in use. */
export interface EndingProcess extends Pick<EventEmitter, 'on'> {
  exit(status: number): void;
}

/**
 * Whatever ends a shim is said in its log: a signal, an error that nobody caught, and the exit status. (SIGKILL, which
 * leaves no words, is sent by those who remove a sandbox from outside.) A signal and the first error take the sandbox's
 * machine along, since nobody could reach it any more; a second error ends the process at once.
 */
export function leaveLastWords(
  log: Log,
  destroy: () => Promise<void> | undefined,
  on: EndingProcess = process,
): void {
  let isEnding = false;
  const end = (level: 'info' | 'error', why: string): void => {
    log(level, why);
    if (isEnding) {
      on.exit(1);
      return;
    }
    isEnding = true;
    const exit = (): void => on.exit(1);
    Promise.resolve(destroy()).then(exit, (error: unknown) => {
      log('error', `the sandbox could not be ended: ${textOf(error)}`);
      exit();
    });
  };
  for (const signal of ['SIGTERM', 'SIGINT']) on.on(signal, () => end('info', `shim got ${signal}`));
  for (const event of ['uncaughtException', 'unhandledRejection']) {
    on.on(event, (error: unknown) => end('error', `${event}: ${textOf(error)}`));
  }
  on.on('exit', (status: number) => log('info', `shim ends with status ${status}`));
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
