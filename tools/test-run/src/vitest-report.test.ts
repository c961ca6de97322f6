import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { summaryLine, tallyReport, tallyRun } from './vitest-report.ts';

const report = (...files: [status: string, ...tests: string[]][]): string =>
  JSON.stringify({
    testResults: files.map(([status, ...tests], index) => ({
      name: `file${index}`,
      status,
      assertionResults: tests.map((test, number) => ({ fullName: `test ${number}`, status: test })),
    })),
  });

describe('tallyReport', () => {
  it('counts passed and failed tests and names the others', () => {
    expect(
      tallyReport(report(['failed', 'passed', 'failed', 'skipped'], ['passed', 'passed', 'todo'])),
    ).toEqual({
      passed: 2,
      failed: 1,
      skipped: ['file0: test 2', 'file1: test 1'],
    });
  });

  it('counts a file that failed as a whole', () => {
    expect(tallyReport(report(['failed'], ['failed', 'passed']))).toEqual({
      passed: 1,
      failed: 2,
      skipped: [],
    });
  });
});

describe('tallyRun', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hako-report-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('counts a missing report as a failure, whatever the exit code', () => {
    expect(tallyRun(join(folder, 'absent.json'), 0)).toEqual({ passed: 0, failed: 1, skipped: [] });
  });

  it('counts a bad end without a failed test as a failure', () => {
    const path = join(folder, 'report.json');
    writeFileSync(path, report(['passed', 'passed']));
    expect(tallyRun(path, 0).failed).toBe(0);
    expect(tallyRun(path, 1).failed).toBe(1);
  });
});

describe('summaryLine', () => {
  it('speaks of skipped tests only where there are any', () => {
    expect(summaryLine([{ passed: 2, failed: 0, skipped: [] }])).toBe('2 passed, 0 failed');
    expect(
      summaryLine([
        { passed: 2, failed: 0, skipped: ['a'] },
        { passed: 1, failed: 3, skipped: [] },
      ]),
    ).toBe('3 passed, 3 failed, 1 skipped');
  });
});
