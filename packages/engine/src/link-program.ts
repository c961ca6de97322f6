import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { EngineError } from './engine-error.ts';
import { runTool } from './run-tool.ts';

const folders: Readonly<Record<string, string>> = {
  x64: 'x86_64-unknown-linux-gnu',
  arm64: 'aarch64-unknown-linux-gnu',
};

/** QuickJS for this machine: its library, headers and own compiler, prebuilt. */
function engineFolder(): string {
  const folder = folders[process.arch];
  if (folder === undefined || process.platform !== 'linux') {
    throw new EngineError(
      'unsupported-machine',
      `there is no engine for ${process.platform} on ${process.arch}`,
    );
  }
  const manifest = createRequire(import.meta.url).resolve('@suchipi/quickjs/package.json');
  return join(dirname(manifest), 'build', folder);
}

/** Compiles a script. Its lines stay known, for the stack of an error; its text does not. Throws EngineError. */
export async function writeBytecode(script: string, bytecode: string): Promise<void> {
  const bin = join(engineFolder(), 'bin');
  const args = [join(bin, 'file-to-bytecode.js'), '--strip', 'source', script, bytecode, 'program.js'];
  await demand(join(bin, 'quickjs-run'), args);
}

/**
 * Makes the executable of a program: links the engine, and lets it evaluate what the program imports, whose memory
 * becomes a part of it (native/image.h). Throws EngineError.
 */
export async function linkProgram(bytecode: string, outFile: string): Promise<void> {
  const engine = engineFolder();
  const first = `${bytecode}.engine`;
  await demand('gcc', [
    ...['-static', '-O2', '-s', '-Wall', '-Wextra', '-Wno-unused-parameter', '-Werror', '-Wl,--gc-sections'],
    // Above the program, with room for it to grow, and below what the kernel gives to shared memory.
    '-Wl,--section-start=.image=0x10000000',
    ...['-isystem', join(engine, 'include')],
    ...[join(import.meta.dirname, '../native/engine.c'), join(engine, 'lib/quickjs-core.a'), '-lm'],
    ...['-o', first],
  ]);
  const { status, output } = await runTool(first, [bytecode, outFile]);
  if (status !== 0) throw new EngineError('bad-program', `the program's imports fail:\n${output.trimEnd()}`);
}

async function demand(program: string, args: readonly string[]): Promise<void> {
  const { status, output } = await runTool(program, args);
  if (status !== 0)
    throw new EngineError('tool-failed', `${program} failed with status ${status}:\n${output.trimEnd()}`);
}
