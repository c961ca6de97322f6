import { execFile } from 'node:child_process';

export interface ProgramOutput {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The program could not be started. */
  readonly missing: boolean;
}

const TIMEOUT_MS = 10_000;
const MAX_OUTPUT_BYTES = 4 * 1024 * 1024;
export const programEnvironment: Readonly<Record<string, string>> = {
  PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C',
};

/** Runs a program to its end, which is to come soon. */
export function runProgram(argv: readonly string[], input = ''): Promise<ProgramOutput> {
  const [program = '', ...args] = argv;
  return new Promise((resolve) => {
    const options = {
      timeout: TIMEOUT_MS,
      killSignal: 'SIGKILL' as const,
      maxBuffer: MAX_OUTPUT_BYTES,
      env: programEnvironment,
    };
    const child = execFile(program, args, options, (error, stdout, stderr) => {
      const missing = error?.code === 'ENOENT' || /failed to execute/.test(stderr);
      const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : null;
      resolve({ exitCode, stdout, stderr, missing });
    });
    // One that ends without reading is judged by its status.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}
