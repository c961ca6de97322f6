import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Step } from './steps.ts';
import { type Tally, tallyRun } from './vitest-report.ts';

export interface StepResult {
  readonly title: string;
  readonly ok: boolean;
  readonly durationMs: number;
  readonly tally: Tally;
}

export interface RunOptions {
  readonly workspace: string;
  readonly reportFolder: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Runs one step with its output passed through. A failed step that is no test run counts as one failure. */
export async function runStep(step: Step, options: RunOptions): Promise<StepResult> {
  const start = performance.now();
  const reportPath = join(options.reportFolder, `${step.report ?? 'none'}.json`);
  const [program, ...args] = step.command;
  const reporters =
    step.report === undefined
      ? []
      : ['--reporter=default', '--reporter=json', `--outputFile.json=${reportPath}`];
  const exitCode = await new Promise<number>((resolve) => {
    const child = spawn(program, [...args, ...reporters], {
      cwd: options.workspace,
      env: options.env,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    child.on('error', (error) => {
      console.error(`cannot start ${program}: ${error.message}`);
      resolve(127);
    });
    child.on('exit', (code) => resolve(code ?? 1));
  });
  const tally =
    step.report === undefined
      ? { passed: 0, failed: exitCode === 0 ? 0 : 1, failures: [], skipped: [] }
      : tallyRun(reportPath, exitCode);
  return { title: step.title, ok: tally.failed === 0, durationMs: performance.now() - start, tally };
}
