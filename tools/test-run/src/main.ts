// Runs every step in order, compares the host before and after, and ends with the count. Started by tools/test.
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type SnapshotScope, takeSnapshot } from './host-snapshot.ts';
import { waitForNoLeaks } from './leaks.ts';
import { runStep, type StepResult } from './run-step.ts';
import { steps, withoutVm } from './steps.ts';
import { summaryLine } from './vitest-report.ts';

const { values: options } = parseArgs({ options: { 'no-vm': { type: 'boolean', default: false } } });

const workspace = resolve(import.meta.dirname, '../../..');
const reportFolder = join(workspace, '.hako-cache/test-reports');
rmSync(reportFolder, { recursive: true, force: true });
mkdirSync(reportFolder, { recursive: true });

const temporaryFolder = mkdtempSync(join(tmpdir(), 'hako-test-'));
const runId = randomUUID();
const env = {
  ...process.env,
  HAKO_TEST_RUN: runId,
  TMPDIR: temporaryFolder,
  // The clone may belong to another user than the one who tests it; git then refuses to look unless told.
  GIT_CONFIG_COUNT: '1',
  GIT_CONFIG_KEY_0: 'safe.directory',
  GIT_CONFIG_VALUE_0: workspace,
};
const scope: SnapshotScope = { runId, workspace, stateFolders: ['/run/hako'], temporaryFolder };

const before = takeSnapshot(scope);
const results: StepResult[] = [];
for (const step of options['no-vm'] ? withoutVm(steps) : steps) {
  console.log(`\n== ${step.title}`);
  results.push(await runStep(step, { workspace, reportFolder, env }));
}

console.log('\n== leftovers on the host');
const leaks = await waitForNoLeaks(before, () => takeSnapshot({ ...scope, ownCgroupsOnly: true }));
for (const [kind, found] of leaks) {
  console.log(`${kind} left behind:`);
  for (const words of found) console.log(`  ${words}`);
}
rmSync(temporaryFolder, { recursive: true });
const leakTally = {
  passed: Object.keys(before).length - leaks.size,
  failed: leaks.size,
  failures: [],
  skipped: [],
};

console.log();
for (const { title, ok, durationMs, tally } of results) {
  const count = tally.passed + tally.failed > 1 || tally.passed > 0 ? `  ${summaryLine([tally])}` : '';
  console.log(`${ok ? 'ok    ' : 'FAILED'} ${title}, ${(durationMs / 1000).toFixed(1)} s${count}`);
}
console.log(`${leaks.size === 0 ? 'ok    ' : 'FAILED'} nothing left behind`);
for (const failure of results.flatMap((result) => result.tally.failures)) console.log(`failed: ${failure}`);
for (const name of results.flatMap((result) => result.tally.skipped)) console.log(`skipped: ${name}`);
const tallies = [...results.map((result) => result.tally), leakTally];
console.log(summaryLine(tallies));
process.exitCode = tallies.some((tally) => tally.failed > 0) ? 1 : 0;
