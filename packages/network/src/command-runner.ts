import { execFile } from 'node:child_process';
import { NetworkError } from './network-error.ts';

/** Runs a program and gives its stdout; tests hand in a recorded answer. */
export type CommandRunner = (argv: readonly [string, ...string[]], netNsPath: string) => Promise<string>;

const TIMEOUT_MS = 5000;
const MAX_OUTPUT_BYTES = 4 * 1024 * 1024;
const PATH = '/usr/sbin:/usr/bin:/sbin:/bin';

/** @throws NetworkError `tool-missing`, `namespace-gone` */
export const runCommand: CommandRunner = ([program, ...args], netNsPath) =>
  new Promise((resolve, reject) => {
    const options = { timeout: TIMEOUT_MS, maxBuffer: MAX_OUTPUT_BYTES, env: { PATH } };
    execFile(program, args, options, (error, stdout, stderr) => {
      if (error === null) {
        resolve(stdout);
        return;
      }
      const missing = error.code === 'ENOENT' || /failed to execute ip\b/.test(stderr);
      reject(
        new NetworkError(
          missing ? 'tool-missing' : 'namespace-gone',
          missing
            ? 'looking into a network namespace needs nsenter (package util-linux) and ip (package iproute2)'
            : `cannot look into the network namespace ${netNsPath}: ${stderr.trim() || error.message}`,
          { facts: { path: netNsPath }, cause: error },
        ),
      );
    });
  });
