import { mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { bundleProgram } from './bundle-program.ts';
import { checkProgram } from './check-program.ts';
import { linkProgram, writeBytecode } from './link-program.ts';

export interface CompileOptions {
  /** The program's first module, in TypeScript or JavaScript. */
  readonly entry: string;
  /** The executable; replaced as a whole, also while it is running. */
  readonly outFile: string;
  /** Conditions of package exports, besides `import` and `default`. */
  readonly conditions?: readonly string[];
}

/**
 * Compiles a program for this machine (x86-64 or arm64 Linux) into a static executable that needs no file beside it.
 *
 * The program is TypeScript for Node.js, as far as src/runtime has Node's modules and globals: what it names and the
 * engine has not is an error here, found by the compiler's types, and never one at run time.
 *
 * @throws EngineError
 */
export async function compileProgram(options: CompileOptions): Promise<void> {
  const entry = resolve(options.entry);
  const outFile = resolve(options.outFile);
  const conditions = options.conditions ?? [];
  const work = mkdtempSync(join(tmpdir(), 'hako-engine-'));
  try {
    const bundle = join(work, `${basename(outFile)}.js`);
    await Promise.all([
      checkProgram({ entry, conditions, workDir: work }),
      bundleProgram({ entry, conditions, bundle }),
    ]);
    const bytecode = join(work, 'program.bin');
    await writeBytecode(bundle, bytecode);
    mkdirSync(dirname(outFile), { recursive: true });
    await linkProgram(bytecode, `${outFile}.new`);
    renameSync(`${outFile}.new`, outFile);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
