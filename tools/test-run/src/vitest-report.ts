import { readFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import * as z from 'zod';

/** Tests that were truly run, counted; skipped ones by name, so that they cannot hide. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  /** What failed, each with the first lines of why: who reads only the end of a long log finds them there. */
  readonly failures: readonly string[];
  readonly skipped: readonly string[];
}

/** Of a failure's text: the message, and where in the sources it arose. */
const failureLines = 12;

const reportSchema = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().optional(),
      assertionResults: z.array(
        z.object({
          fullName: z.string(),
          status: z.string(),
          failureMessages: z.array(z.string()).nullish(),
        }),
      ),
    }),
  ),
});

/** Counts the tests in a report of vitest's json reporter. A file that failed as a whole counts as one failed test. */
export function tallyReport(json: string): Tally {
  let passed = 0;
  const failures: string[] = [];
  const skipped: string[] = [];
  for (const file of reportSchema.parse(JSON.parse(json)).testResults) {
    const failuresBefore = failures.length;
    for (const test of file.assertionResults) {
      const title = `${file.name}: ${test.fullName}`;
      if (test.status === 'passed') passed += 1;
      else if (test.status === 'failed') failures.push(failureText(title, test.failureMessages ?? []));
      else skipped.push(title);
    }
    // A file that does not load, or whose hooks fail, has no failed test of its own.
    if (file.status === 'failed' && failures.length === failuresBefore) {
      failures.push(failureText(file.name, [file.message ?? '']));
    }
  }
  return { passed, failed: failures.length, failures, skipped };
}

function failureText(title: string, messages: readonly string[]): string {
  const lines = stripVTControlCharacters(messages.join('\n')).split('\n');
  return [title, ...lines.filter((line) => line.trim() !== '').slice(0, failureLines)].join('\n    ');
}

/**
 * The tally of one vitest run. A run that left no readable report, or that ended badly though no test failed
 * (an error outside of any test), counts as one failure.
 */
export function tallyRun(reportPath: string, exitCode: number): Tally {
  let tally: Tally;
  try {
    tally = tallyReport(readFileSync(reportPath, 'utf8'));
  } catch {
    return { passed: 0, failed: 1, failures: [], skipped: [] };
  }
  return exitCode !== 0 && tally.failed === 0 ? { ...tally, failed: 1 } : tally;
}

/** The last line of a run. */
export function summaryLine(tallies: readonly Omit<Tally, 'failures'>[]): string {
  const passed = tallies.reduce((sum, tally) => sum + tally.passed, 0);
  const failed = tallies.reduce((sum, tally) => sum + tally.failed, 0);
  const skipped = tallies.reduce((sum, tally) => sum + tally.skipped.length, 0);
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
