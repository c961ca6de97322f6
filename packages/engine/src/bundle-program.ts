import { build, type Plugin } from 'esbuild';
import { EngineError } from './engine-error.ts';
import { nodeModules, runtimeFile } from './runtime-files.ts';

/** Makes one script of a program and all that it uses. Throws EngineError `bad-program`. */
export async function bundleProgram(options: {
  readonly entry: string;
  readonly conditions: readonly string[];
  readonly bundle: string;
}): Promise<void> {
  const { entry, conditions, bundle } = options;
  try {
    await build({
      stdin: {
        contents: "import 'engine:start'; import 'engine:program';",
        resolveDir: '/',
        sourcefile: 'start',
      },
      plugins: [firstModules({ 'engine:start': runtimeFile('start'), 'engine:program': entry })],
      outfile: bundle,
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
  } catch (cause) {
    throw new EngineError('bad-program', `${entry} cannot be bundled: ${(cause as Error).message}`, {
      facts: { entry },
      cause,
    });
  }
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
