import { readFileSync } from 'node:fs';
import * as z from 'zod';

/** Tests that were truly run, counted; skipped ones by name, so that they cannot hide. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: readonly string[];
}

const reportSchema = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      assertionResults: z.array(z.object({ fullName: z.string(), status: z.string() })),
    }),
  ),
});

/** Counts the tests in a report of vitest's json reporter. A file that failed as a whole counts as one failed test. */
export function tallyReport(json: string): Tally {
  let passed = 0;
  let failed = 0;
  const skipped: string[] = [];
  for (const file of reportSchema.parse(JSON.parse(json)).testResults) {
    const failedBefore = failed;
    for (const test of file.assertionResults) {
      if (test.status === 'passed') passed += 1;
      else if (test.status === 'failed') failed += 1;
      else skipped.push(`${file.name}: ${test.fullName}`);
    }
    // A file that does not load, or whose hooks fail, has no failed test of its own.
    if (file.status === 'failed' && failed === failedBefore) failed += 1;
  }
  return { passed, failed, skipped };
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
    return { passed: 0, failed: 1, skipped: [] };
  }
  return exitCode !== 0 && tally.failed === 0 ? { ...tally, failed: 1 } : tally;
}

/** The last line of a run. */
export function summaryLine(tallies: readonly Tally[]): string {
  const passed = tallies.reduce((sum, tally) => sum + tally.passed, 0);
  const failed = tallies.reduce((sum, tally) => sum + tally.failed, 0);
  const skipped = tallies.reduce((sum, tally) => sum + tally.skipped.length, 0);
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
