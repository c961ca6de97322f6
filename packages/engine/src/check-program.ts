import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { EngineError } from './engine-error.ts';
import { runTool } from './run-tool.ts';
import { nodeModules, runtimeFile } from './runtime-files.ts';

/**
 * Checks a program against the types of the engine's modules and globals in place of Node's: so a function, an option
 * or a global that the engine has not is found. Throws EngineError `bad-program`.
 */
export async function checkProgram(options: {
  readonly entry: string;
  readonly conditions: readonly string[];
  readonly workDir: string;
}): Promise<void> {
  const { entry, conditions, workDir } = options;
  const project = join(workDir, 'tsconfig.json');
  const configuration = {
    compilerOptions: {
      noEmit: true,
      module: 'esnext',
      moduleResolution: 'bundler',
      target: 'es2023',
      lib: ['es2024', 'esnext.disposable'],
      types: [],
      customConditions: conditions,
      allowImportingTsExtensions: true,
      // The rules of the program's own project are its own; here only what is there counts.
      strict: true,
      skipLibCheck: true,
      paths: Object.fromEntries(Object.entries(nodeModules).map(([name, file]) => [name, [file]])),
    },
    files: [entry, runtimeFile('global-types').replace(/\.js$/, '.d.ts')],
  };
  writeFileSync(project, JSON.stringify(configuration));
  const { status, output } = await runTool(process.execPath, [
    compilerPath(),
    '-p',
    project,
    '--pretty',
    'false',
  ]);
  if (status === 0) return;
  throw new EngineError('bad-program', `${entry} does not fit the engine:\n${output.trimEnd()}`, {
    facts: { entry },
  });
}

function compilerPath(): string {
  const manifest = createRequire(import.meta.url).resolve('typescript/package.json');
  return join(dirname(manifest), 'bin/tsc');
}
