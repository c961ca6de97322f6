import { execFile } from 'node:child_process';
import { EngineError } from './engine-error.ts';

/** Runs a program to its end; answers its status and all that it said. Throws EngineError when it cannot be run. */
export function runTool(
  program: string,
  args: readonly string[],
): Promise<{ readonly status: number; readonly output: string }> {
  return new Promise((resolve, reject) => {
    execFile(program, [...args], { maxBuffer: 16 << 20 }, (error, stdout, stderr) => {
      const output = `${stdout}${stderr}`;
      if (error === null) resolve({ status: 0, output });
      else if (typeof error.code === 'number') resolve({ status: error.code, output });
      else {
        const message = `${program} cannot be run: ${error.message}`;
        reject(new EngineError('tool-failed', message, { cause: error }));
      }
    });
  });
}
