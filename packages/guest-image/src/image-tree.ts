import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { aliasesIndex, type KernelModule, modulesIndex } from './kernel-modules.ts';
import { findFile, librariesOf, loader } from './package-files.ts';

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
  writeFileSync(join(modulesDir, 'modules.alias'), aliasesIndex(sources.modules));
  copyIptables(dir, sources.packagesDir);
}

/**
 * The programs over the kernel's old interface: they need fewer modules than those over nftables, and the kernel takes
 * both at once, so a container may use either. Their extensions are in a folder beside the libraries.
 */
function copyIptables(dir: string, packagesDir: string): void {
  const name = 'xtables-legacy-multi';
  const program = readFileSync(findFile(packagesDir, `sbin/${name}`));
  writeFileSync(join(dir, 'usr/bin', name), program, { mode: 0o755 });
  for (const link of ['iptables', 'ip6tables'].flatMap((base) => [base, `${base}-save`, `${base}-restore`])) {
    symlinkSync(name, join(dir, 'usr/bin', link));
  }
  const libraries = 'lib/x86_64-linux-gnu';
  const target = join(dir, 'usr', libraries);
  mkdirSync(join(target, 'xtables'), { recursive: true });
  for (const [soname, content] of librariesOf(packagesDir, program)) {
    // The root has it, where programs look for it.
    if (soname !== loader) writeFileSync(join(target, soname), content, { mode: 0o755 });
  }
  const extensions = findFile(packagesDir, `${libraries}/xtables`);
  for (const file of readdirSync(extensions).filter((each) => /^lib(?:xt|ipt|ip6t)_/.test(each))) {
    cpSync(join(extensions, file), join(target, 'xtables', file), { verbatimSymlinks: true });
  }
}
