import { native } from './native.ts';
import { onSignal, type SignalName, signalNumbers } from './signals.ts';
import { syscall } from './syscall.ts';
import { arch } from './syscall-numbers.ts';
import { systemError } from './system-error.ts';
import { listeners } from './uncaught.ts';

function environment(): Record<string, string | undefined> {
  return Object.fromEntries(
    native.environment.map((line) => {
      const at = line.indexOf('=');
      return [line.slice(0, at), line.slice(at + 1)];
    }),
  );
}

/** The part of Node's `process` that programs here use. */
export interface Process {
  readonly arch: typeof arch;
  /** The program's own path comes twice: there is no script beside it. */
  readonly argv: readonly string[];
  readonly env: Record<string, string | undefined>;
  readonly pid: number;
  /** Ends the program now. */
  exit(status: number): never;
  /** Throws SystemError ESRCH, EPERM, EINVAL. */
  kill(pid: number, signal: number | SignalName): true;
  /** One listener for each kind of error, any number for a signal. */
  on(
    event: 'uncaughtException' | 'unhandledRejection' | SignalName,
    listener: (error: unknown) => void,
  ): void;
}

let env: Process['env'] | undefined;

export const process: Process = {
  arch,

  get argv() {
    return [native.args[0] ?? '', ...native.args];
  },

  get env() {
    env ??= environment();
    return env;
  },

  get pid() {
    return syscall('getpid');
  },

  exit(status) {
    for (;;) syscall('exit_group', status);
  },

  kill(pid, signal) {
    const result = syscall('kill', pid, typeof signal === 'number' ? signal : signalNumbers[signal]);
    if (result < 0) {
      const error = systemError(result, 'kill');
      throw Object.assign(error, { message: `kill ${error.code}` });
    }
    return true;
  },

  on(event, listener) {
    if (event === 'uncaughtException') listeners.exception = listener;
    else if (event === 'unhandledRejection') listeners.rejection = listener;
    else onSignal(event, () => listener(undefined));
  },
};
