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
      message: 'cannot load',
      assertionResults: tests.map((test, number) => ({
        fullName: `test ${number}`,
        status: test,
        failureMessages: test === 'failed' ? ['Error: expected \u001b[32m1\u001b[39m', 'received 2\n'] : [],
      })),
    })),
  });

describe('tallyReport', () => {
  it('counts passed tests, says why others failed, and names the rest', () => {
    expect(
      tallyReport(report(['failed', 'passed', 'failed', 'skipped'], ['passed', 'passed', 'todo'])),
    ).toEqual({
      passed: 2,
      failed: 1,
      failures: ['file0: test 1\n    Error: expected 1\n    received 2'],
      skipped: ['file0: test 2', 'file1: test 1'],
    });
  });

  it('counts a file that failed as a whole', () => {
    expect(tallyReport(report(['failed'], ['failed', 'passed']))).toEqual({
      passed: 1,
      failed: 2,
      failures: ['file0\n    cannot load', 'file1\n    cannot load'],
      skipped: [],
    });
  });

  it('gives the first lines of a long message', () => {
    const messages = [Array.from({ length: 400 }, (_, line) => `line ${line}`).join('\n')];
    const [failure] = tallyReport(
      JSON.stringify({
        testResults: [
          {
            name: 'file',
            status: 'failed',
            assertionResults: [{ fullName: 'test', status: 'failed', failureMessages: messages }],
          },
        ],
      }),
    ).failures;
    expect(failure?.split('\n').at(-1)).toBe('    line 11');
  });
});

describe('tallyRun', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hako-report-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('counts a missing report as a failure, whatever the exit code', () => {
    expect(tallyRun(join(folder, 'absent.json'), 0)).toEqual({
      passed: 0,
      failed: 1,
      failures: [],
      skipped: [],
    });
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
