import { appendFileSync } from 'node:fs';
import type { GlobalOptions } from './global-options.ts';
import { printError } from './output.ts';

/**
 * Tells of a failed command: one sentence (with its details on further lines) on stderr and, with `--log`, exactly
 * one object in the log: podman reads the whole file as one JSON value and shows its `msg`.
 */
export function reportError(
  error: unknown,
  options: Pick<GlobalOptions, 'log' | 'logFormat' | 'debug'>,
): void {
  const message = messageOf(error);
  printError(`hako: ${message}\n`);
  if (options.debug && error instanceof Error) printError(`${error.stack ?? ''}\n`);
  logError(message, options);
}

/** The part of `reportError` that is for `--log`. */
export function logError(message: string, options: Pick<GlobalOptions, 'log' | 'logFormat'>): void {
  if (options.log === undefined) return;
  const time = new Date().toISOString();
  const line =
    options.logFormat === 'json'
      ? JSON.stringify({ level: 'error', msg: message, time })
      : `time="${time}" level=error msg=${JSON.stringify(message)}`;
  try {
    appendFileSync(options.log, `${line}\n`, { mode: 0o640 });
  } catch (cause) {
    printError(`hako: cannot write the log ${options.log}: ${messageOf(cause)}\n`);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
