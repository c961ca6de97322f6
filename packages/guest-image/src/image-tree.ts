import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type KernelModule, modulesIndex } from './kernel-modules.ts';
import { findFile } from './package-files.ts';

export interface ImageTreeSources {
  /** Folder with all packages unpacked over each other. */
  readonly packagesDir: string;
  readonly kernelRelease: string;
  readonly modules: readonly KernelModule[];
  /** Names of busybox's applets. */
  readonly applets: readonly string[];
}

/** Fills `dir` with the image's content: what the root (see guest-root.ts) finds in it once it is mounted. */
export function makeImageTree(dir: string, sources: ImageTreeSources): void {
  const bin = join(dir, 'usr/bin');
  mkdirSync(bin, { recursive: true });
  cpSync(findFile(sources.packagesDir, 'bin/busybox'), join(bin, 'busybox'));
  for (const applet of sources.applets) {
    if (applet !== 'busybox') symlinkSync('busybox', join(bin, applet));
  }
  // One flat folder.
  const modulesDir = join(dir, 'lib/modules', sources.kernelRelease);
  mkdirSync(modulesDir, { recursive: true });
  for (const { name, content } of sources.modules) writeFileSync(join(modulesDir, `${name}.ko`), content);
  writeFileSync(join(modulesDir, 'modules.dep'), modulesIndex(sources.modules));
}
