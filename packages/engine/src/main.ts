import { compileProgram } from './compile-program.ts';
import { EngineError } from './engine-error.ts';

const [entry, outFile, ...conditions] = process.argv.slice(2);
if (entry === undefined || outFile === undefined) {
  process.stderr.write('usage: main ENTRY OUTFILE [CONDITION...]\n');
  process.exit(2);
}
try {
  await compileProgram({ entry, outFile, conditions });
} catch (error) {
  if (!(error instanceof EngineError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
