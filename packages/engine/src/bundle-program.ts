import { resolve } from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';
import { EngineError } from './engine-error.ts';
import { nodeModules, runtimeFile } from './runtime-files.ts';

/**
 * Makes one script of a program and all that it uses. What the program's first module imports is evaluated with the
 * script, and the module itself when `native.program` is called. Throws EngineError `bad-program`.
 */
export async function bundleProgram(options: {
  readonly entry: string;
  readonly conditions: readonly string[];
  readonly bundle: string;
}): Promise<void> {
  const { entry, conditions, bundle } = options;
  const start = { 'engine:start': runtimeFile('start') };
  const whole = { ...start, 'engine:program': entry };
  try {
    const { inputs } = await bundleScript(
      { contents: "import 'engine:start'; import 'engine:program';", files: whole },
      { conditions },
    );
    const imported = importsOf(inputs, entry).map((path, index) => [`engine:import-${index}`, path] as const);
    const first = ['engine:start', ...imported.map(([name]) => name)].map((name) => `import '${name}';`);
    await bundleScript(
      {
        contents: `${first.join('')} globalThis.native.program = () => { require('engine:program') };`,
        files: { ...whole, ...Object.fromEntries(imported) },
      },
      { conditions, bundle },
    );
  } catch (cause) {
    throw new EngineError('bad-program', `${entry} cannot be bundled: ${(cause as Error).message}`, {
      facts: { entry },
      cause,
    });
  }
}

/** Files that a module imports, in order. */
function importsOf(inputs: Metafile['inputs'], module: string): readonly string[] {
  const [, input] = Object.entries(inputs).find(([path]) => resolve(path) === module) ?? [];
  return (input?.imports ?? [])
    .filter(({ external, kind }) => external !== true && kind === 'import-statement')
    .map(({ path }) => resolve(path));
}

async function bundleScript(
  source: { readonly contents: string; readonly files: Readonly<Record<string, string>> },
  options: { readonly conditions: readonly string[]; readonly bundle?: string },
): Promise<Metafile> {
  const { conditions, bundle } = options;
  const { metafile } = await build({
    stdin: { contents: source.contents, resolveDir: '/', sourcefile: 'start' },
    plugins: [firstModules(source.files)],
    ...(bundle === undefined ? { write: false as const, outdir: '/' } : { outfile: bundle }),
    metafile: true,
    bundle: true,
    format: 'iife',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    // What the engine understands without rewriting.
    target: 'es2023',
    conditions: [...conditions],
    alias: { ...nodeModules },
    inject: [runtimeFile('globals')],
    define: { __ENGINE_ARCH__: JSON.stringify(process.arch) },
    minifySyntax: true,
    legalComments: 'none',
    logLevel: 'silent',
  });
  return metafile;
}

/** Modules that are run for what they do, also in packages that say that theirs do nothing. */
function firstModules(files: Readonly<Record<string, string>>): Plugin {
  return {
    name: 'first-modules',
    setup(build) {
      build.onResolve({ filter: /^engine:/ }, ({ path }) => {
        const file = files[path];
        return file === undefined ? undefined : { path: file, sideEffects: true };
      });
    },
  };
}
