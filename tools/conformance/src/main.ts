import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { hasDifferences, report } from './report.ts';
import { runVectors } from './run.ts';
import { readVectors } from './vectors.ts';

const usage = `Usage: pnpm conformance [--line 1.x|3.x] [DIR]

Runs the vectors of DIR (default: those recorded from Kata Containers 1.x that come with hako) through the public
functions of hako's packages. Prints per group how many agree, differ as declared, or are different, and the first
differences in full. Exits with 1 if anything is different. --line 3.x shows what today's semantics change.
`;

function main(): number {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { line: { type: 'string', default: '1.x' }, help: { type: 'boolean', default: false } },
  });
  const { line } = values;
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  if ((line !== '1.x' && line !== '3.x') || positionals.length > 1) {
    process.stderr.write(usage);
    return 2;
  }
  const folder = positionals[0] ?? fileURLToPath(new URL('../vectors', import.meta.url));
  const results = runVectors(readVectors(folder), line);
  if (results.length === 0) {
    process.stderr.write(`no vectors in ${folder}\n`);
    return 2;
  }
  process.stdout.write(report(results));
  return hasDifferences(results) ? 1 : 0;
}

try {
  process.exitCode = main();
} catch (error) {
  process.stderr.write(`conformance: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
