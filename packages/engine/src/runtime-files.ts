import { existsSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, 'runtime');
/** Sources beside sources, compiled files beside compiled ones. */
const extension = existsSync(join(folder, 'start.ts')) ? 'ts' : 'js';

/** A file of the runtime, by its path without extension. */
export function runtimeFile(name: string): string {
  return join(folder, `${name}.${extension}`);
}

/** Node's modules that programs may import, and the runtime's files that stand for them. */
export const nodeModules: Readonly<Record<string, string>> = {
  'node:fs': runtimeFile('node/fs'),
  'node:path': runtimeFile('node/path'),
  'node:stream': runtimeFile('node/stream'),
  'node:timers/promises': runtimeFile('node/timers-promises'),
};
