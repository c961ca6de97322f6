import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ElfDynamic } from './elf-dynamic.ts';
import { GuestImageError } from './guest-image-error.ts';

/** Finds a file in the unpacked packages, whether they have a merged /usr or not. */
export function findFile(packagesDir: string, path: string): string {
  for (const candidate of [join(packagesDir, 'usr', path), join(packagesDir, path)]) {
    if (existsSync(candidate)) return realpathSync(candidate);
  }
  throw new GuestImageError('not-in-package', `no package has ${path}`, { path });
}

/** The loader that a program names, and all libraries that it needs, directly or not, by soname. */
export function librariesOf(packagesDir: string, program: Buffer): Map<string, Buffer> {
  const found = new Map<string, Buffer>();
  const pending = [loader, ...(ElfDynamic.read(program)?.needed ?? [])];
  for (let soname = pending.pop(); soname !== undefined; soname = pending.pop()) {
    if (found.has(soname)) continue;
    const content = readFileSync(findLibrary(packagesDir, soname));
    found.set(soname, content);
    pending.push(...(ElfDynamic.read(content)?.needed ?? []));
  }
  return found;
}

export const loader = 'ld-linux-x86-64.so.2';

function findLibrary(packagesDir: string, soname: string): string {
  for (const folder of ['lib/x86_64-linux-gnu', 'lib64']) {
    for (const root of ['usr', '.']) {
      const path = join(packagesDir, root, folder, soname);
      if (existsSync(path)) return resolveInside(path);
    }
  }
  throw new GuestImageError('not-in-package', `no package has the library ${soname}`, { path: soname });
}

/** Follows links beside the file; absolute ones of a package would lead out of the unpacked tree. */
function resolveInside(path: string): string {
  const name = basename(realpathSync(path));
  const beside = readdirSync(dirname(path));
  return join(dirname(path), beside.includes(name) ? name : basename(path));
}
