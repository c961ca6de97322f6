import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ElfDynamic } from './elf-dynamic.ts';
import { GuestImageError } from './guest-image-error.ts';
import type { KernelModule } from './kernel-modules.ts';
import { unusedLibrary } from './recipe.ts';

export interface GuestTreeSources {
  /** Folder with all packages unpacked over each other. */
  readonly packagesDir: string;
  readonly agentPath: string;
  readonly kernelRelease: string;
  readonly modules: readonly KernelModule[];
  /** Names of busybox's applets. */
  readonly applets: readonly string[];
}

export const agentPathInGuest = '/usr/bin/hako-agent';

const emptyDirectories = ['dev', 'proc', 'sys', 'run', 'tmp', 'root', 'mnt', 'var', 'etc'];

const textFiles: Readonly<Record<string, string>> = {
  'etc/passwd': 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/bin/false\n',
  'etc/group': 'root:x:0:\ntty:x:5:\nnogroup:x:65534:\n',
  'etc/hosts': '127.0.0.1 localhost\n::1 localhost\n',
};

/** The image is read-only: what must change lies in /run. */
const links: Readonly<Record<string, string>> = {
  'var/run': '/run',
  'var/tmp': '/tmp',
  'etc/resolv.conf': '/run/kata-containers/sandbox/resolv.conf',
  'etc/mtab': '/proc/self/mounts',
  bin: 'usr/bin',
  sbin: 'usr/sbin',
  lib: 'usr/lib',
  lib64: 'usr/lib64',
};

/** What the image has in every build. */
export const fixedTreeContent: readonly unknown[] = [emptyDirectories, textFiles, links];

/** Fills `dir` with the image's content. */
export function makeGuestTree(dir: string, sources: GuestTreeSources): void {
  for (const name of [...emptyDirectories, 'usr/bin', 'usr/sbin', 'usr/lib', 'usr/lib64']) {
    mkdirSync(join(dir, name), { recursive: true });
  }
  for (const [path, target] of Object.entries(links)) symlinkSync(target, join(dir, path));
  for (const [path, text] of Object.entries(textFiles)) writeFileSync(join(dir, path), text);

  cpSync(findFile(sources.packagesDir, 'bin/busybox'), join(dir, 'usr/bin/busybox'));
  for (const applet of sources.applets) {
    if (applet !== 'busybox') symlinkSync('busybox', join(dir, 'usr/bin', applet));
  }
  // Where the kernel looks for it when something asks for a file system that is not loaded.
  symlinkSync('../bin/busybox', join(dir, 'usr/sbin/modprobe'));
  cpSync(sources.agentPath, join(dir, agentPathInGuest));
  const crun = readFileSync(findFile(sources.packagesDir, 'bin/crun'));
  ElfDynamic.read(crun)?.dropLibrary(unusedLibrary.soname);
  writeFileSync(join(dir, 'usr/bin/crun'), crun, { mode: 0o755 });
  copyLibraries(dir, sources.packagesDir, crun);
  writeModules(join(dir, 'usr/lib/modules', sources.kernelRelease), sources.modules);
}

/** Finds a file in the unpacked packages, whether they have a merged /usr or not. */
export function findFile(packagesDir: string, path: string): string {
  for (const candidate of [join(packagesDir, 'usr', path), join(packagesDir, path)]) {
    if (existsSync(candidate)) return realpathSync(candidate);
  }
  throw new GuestImageError('not-in-package', `no package has ${path}`, { path });
}

/** Copies all libraries that a program needs, directly or not, and the loader. */
function copyLibraries(dir: string, packagesDir: string, program: Buffer): void {
  const target = join(dir, 'usr/lib/x86_64-linux-gnu');
  mkdirSync(target, { recursive: true });
  const loader = 'ld-linux-x86-64.so.2';
  cpSync(findLibrary(packagesDir, loader), join(dir, 'usr/lib64', loader));
  const done = new Set([loader]);
  const pending = [...(ElfDynamic.read(program)?.needed ?? [])];
  for (let soname = pending.pop(); soname !== undefined; soname = pending.pop()) {
    if (done.has(soname)) continue;
    done.add(soname);
    const path = findLibrary(packagesDir, soname);
    cpSync(path, join(target, soname));
    pending.push(...(ElfDynamic.read(readFileSync(path))?.needed ?? []));
  }
}

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

/** One flat folder, and the modules.dep that busybox's modprobe and the agent read. */
function writeModules(dir: string, modules: readonly KernelModule[]): void {
  mkdirSync(dir, { recursive: true });
  for (const { name, content } of modules) writeFileSync(join(dir, `${name}.ko`), content);
  const lines = modules.map(({ name, dependencies }) => {
    // As depmod has it: the dependency nearest to the module comes first.
    const needed = dependencies.toReversed().map((other) => ` ${other}.ko`);
    return `${name}.ko:${needed.join('')}\n`;
  });
  writeFileSync(join(dir, 'modules.dep'), lines.join(''));
}
