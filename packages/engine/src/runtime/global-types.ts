import type * as runtime from './globals.ts';

/** The globals that programs are compiled with, as globals.ts has them: a program that names another one is refused. */
declare global {
  const AbortController: typeof runtime.AbortController;
  type AbortController = runtime.AbortController;
  const AbortSignal: typeof runtime.AbortSignal;
  type AbortSignal = runtime.AbortSignal;
  const TextDecoder: typeof runtime.TextDecoder;
  const TextEncoder: typeof runtime.TextEncoder;
  const clearInterval: typeof runtime.clearInterval;
  const clearTimeout: typeof runtime.clearTimeout;
  const performance: typeof runtime.performance;
  const process: typeof runtime.process;
  const queueMicrotask: typeof runtime.queueMicrotask;
  const setInterval: typeof runtime.setInterval;
  const setTimeout: typeof runtime.setTimeout;

  namespace NodeJS {
    interface ErrnoException extends Error {
      code?: string;
      errno?: number;
      syscall?: string;
      path?: string;
    }
  }
}
