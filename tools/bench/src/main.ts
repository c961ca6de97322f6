// Measures the figures, prints a table of each and writes all of them as JSON. Started by tools/bench/run.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeBusyboxRootfs } from '@hako/bundles';
import { formatComparison } from './comparison.ts';
import { figures } from './figures.ts';
import { describeMachine } from './machine.ts';
import { measure, type Result } from './measure.ts';
import { type Options, parseOptions, usage } from './options.ts';
import { programs } from './processes.ts';
import { writeReport } from './report/write-report.ts';
import { mergeResults, type Results, readResults, writeResults } from './results.ts';
import { formatFigure } from './table.ts';

const workspace = join(import.meta.dirname, '../../..');

function optionsOrExit(): Options {
  try {
    const options = parseOptions(process.argv.slice(2), workspace);
    if (!options.help) return options;
    process.stdout.write(usage);
    process.exit(0);
  } catch (error) {
    process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    process.exit(2);
  }
}

const options = optionsOrExit();
const workspaces = options.against === undefined ? [workspace] : [workspace, options.against];
const machines = workspaces.map(describeMachine);
for (const [name, value] of Object.entries(machines[0] ?? {})) console.log(`${name}: ${value}`);
if (machines[1] !== undefined) console.log(`against: ${machines[1].commit}`);

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  // A second one ends the bench at once.
  process.once(signal, () => {
    interrupted.abort(new Error(`bench: ${signal}`));
    programs.end();
  });
}

const results: Result[] = [];
const folder = mkdtempSync(join(tmpdir(), 'bench-'));
try {
  const rootfs = makeBusyboxRootfs(join(folder, 'rootfs'));
  for (const figure of figures) {
    const isNamed = options.only.includes(figure.name);
    if (!isNamed && (options.only.length > 0 || figure.onlyNamed === true)) continue;
    if (options.against !== undefined && figure.ownLibraries === true) {
      console.log(`\n${figure.title}\nmeasures the libraries of this checkout: not compared`);
      continue;
    }
    const [here, there] = await measure(figure, {
      workspaces,
      folder,
      rootfs,
      rounds: options.rounds,
      starts: options.starts,
      signal: interrupted.signal,
      onSample: (name, round) => {
        if (process.stderr.isTTY) {
          process.stderr.write(`\r\u001b[K${figure.name}: round ${round} of ${options.rounds}, ${name}`);
        }
      },
    });
    if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
    if (here === undefined) continue;
    results.push(here);
    const table = formatFigure(figure.title, here.readings, here.goals);
    console.log(`\n${there === undefined ? table : formatComparison(figure.title, here, there)}`);
  }
} catch (error) {
  // Figures that were measured before stand for themselves.
  const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`bench: ${interrupted.signal.aborted ? 'interrupted' : why}\n`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true });
}
if (options.against === undefined && results.length > 0) {
  const machine = machines[0] ?? {};
  const measured: Results = {
    figures: results.map((result) => ({ ...result, machine, rounds: options.rounds })),
  };
  const names = figures.map(({ name }) => name);
  const all = options.report ? mergeResults(readResults(options.json), measured, names) : measured;
  writeResults(options.json, all);
  console.log(`\nwritten to ${options.json}`);
  if (options.report) console.log(`written to ${writeReport(workspace, all.figures).join(', ')}`);
}
// What failed may have left something open.
process.exit();
