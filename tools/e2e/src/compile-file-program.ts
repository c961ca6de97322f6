import { join } from 'node:path';
import { compileProgram } from '@hako/engine';

/** Makes the program of file checks `bin/file-checks` of a root file system. */
export async function compileFileProgram(rootfs: string): Promise<void> {
  await compileProgram({
    entry: join(import.meta.dirname, 'file-program/main.ts'),
    outFile: join(rootfs, 'bin/file-checks'),
    conditions: ['@hako/source'],
  });
}
