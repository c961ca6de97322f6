import { createHash } from 'node:crypto';
import {
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { type CpioEntry, readTree, writeCpio } from './cpio.ts';
import { DebianArchive, type DownloadedPackage } from './debian-packages.ts';
import { GuestImageError } from './guest-image-error.ts';
import {
  agentPathInGuest,
  fixedRootContent,
  type GuestRootSources,
  guestRoot,
  rootInInitrd,
} from './guest-root.ts';
import { makeImageTree } from './image-tree.ts';
import { extractKernel, type Unxz } from './kernel-image.ts';
import { type KernelModule, KernelModules } from './kernel-modules.ts';
import { type GuestManifest, readManifest } from './manifest.ts';
import { imageLoader } from './mount-image.ts';
import { findFile } from './package-files.ts';
import {
  earlyModules,
  imageModules,
  kernelPackages,
  kernelParams,
  laterModules,
  nvdimmModules,
  programPackages,
  recipeVersion,
  rootModules,
  unusedLibrary,
} from './recipe.ts';
import { runTool } from './run-tool.ts';
import { probeProgram, stageOne } from './stage-one.ts';

const nvdimmPieceBytes = 2 << 20;

export interface BuildGuestOptions {
  /** Folder that will hold the guest; replaced as a whole. */
  readonly outDir: string;
  /** The compiled agent. */
  readonly agentPath: string;
  /** Where downloaded packages are kept. Default `$XDG_CACHE_HOME/hako/guest` or `~/.cache/hako/guest`. */
  readonly cacheDir?: string;
  /** Told what is being done, one short line each. */
  readonly progress?: (text: string) => void;
  /** Build even when nothing has changed, and look for newer packages. */
  readonly force?: boolean;
}

export interface BuildGuestResult {
  readonly manifest: GuestManifest;
  /** False when the guest was there already, made of the same. */
  readonly built: boolean;
}

/**
 * Builds the guest from Debian packages, or does nothing when it stands and its recipe and agent are unchanged.
 * Everything is made in a temporary folder beside `outDir` and renamed at the end.
 *
 * @throws GuestImageError, see its codes. Nothing half-made is left behind.
 */
export async function buildGuest(options: BuildGuestOptions): Promise<BuildGuestResult> {
  const progress = options.progress ?? (() => undefined);
  const outDir = resolve(options.outDir);
  if (process.arch !== 'x64') {
    throw new GuestImageError(
      'unsupported-kernel',
      `guests for ${process.arch} cannot be built yet, only for x64`,
    );
  }
  const standing = options.force === true ? undefined : await standingGuest(outDir, options.agentPath);
  if (standing !== undefined) return { manifest: standing, built: false };

  const agent = await describeAgent(options.agentPath);
  mkdirSync(dirname(outDir), { recursive: true });
  const work = mkdtempSync(join(dirname(outDir), `.${basename(outDir)}-`));
  try {
    const cacheDir = options.cacheDir ?? defaultCacheDir();
    const packages = await downloadPackages(cacheDir, progress);
    const manifest = await makeFiles(work, { packages, agent, progress });
    progress('put in place');
    replaceDirectory(join(work, 'out'), outDir);
    return { manifest, built: true };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') {
      throw new GuestImageError(
        'no-space',
        `no space left for the guest in ${dirname(outDir)}`,
        { path: outDir },
        error,
      );
    }
    throw error;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function defaultCacheDir(): string {
  return join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'hako/guest');
}

/** The guest that stands in `outDir`, if its recipe, its agent and the sizes of its files are as they should be. */
async function standingGuest(outDir: string, agentPath: string): Promise<GuestManifest | undefined> {
  let manifest: GuestManifest;
  try {
    manifest = readManifest(outDir);
  } catch {
    return undefined;
  }
  for (const file of Object.values(manifest.files)) {
    const stats = statSync(join(outDir, file.path), { throwIfNoEntry: false });
    if (stats?.size !== file.sizeBytes) return undefined;
  }
  const stats = statSync(agentPath, { throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  const { agent } = manifest;
  const untouched =
    agent.path === resolve(agentPath) && agent.sizeBytes === stats.size && agent.modifiedMs === stats.mtimeMs;
  const sha256 = untouched ? agent.sha256 : await sha256Of(agentPath);
  return manifest.inputs === inputsOf(manifest.packages, sha256) ? manifest : undefined;
}

type AgentFile = GuestManifest['agent'];

async function describeAgent(path: string): Promise<AgentFile> {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) {
    const message = `there is no agent at ${path}; build it first (nx bundle guest-agent)`;
    throw new GuestImageError('agent-missing', message, { path });
  }
  return {
    path: resolve(path),
    sizeBytes: stats.size,
    modifiedMs: stats.mtimeMs,
    sha256: await sha256Of(path),
  };
}

/** All that decides the result besides packages and agent; what only the code decides is in `recipeVersion`. */
function recipe(): unknown[] {
  const programs = [
    firstProgram(['/module.ko']),
    probeProgram(['/module.ko']),
    imageLoader({ modulePaths: ['/module.ko'] }),
    imageLoader({ modulePaths: ['/module.ko'], device: 'nvdimm' }),
  ];
  return [
    recipeVersion,
    programs.map((program) => Buffer.from(program).toString('base64')),
    [earlyModules, imageModules, nvdimmModules, rootModules, laterModules, kernelParams],
    fixedRootContent,
  ];
}

function inputsOf(packages: GuestManifest['packages'], agentSha256: string): string {
  const text = JSON.stringify([recipe(), packages.map(({ sha256 }) => sha256), agentSha256]);
  return createHash('sha256').update(text).digest('hex');
}

async function downloadPackages(
  cacheDir: string,
  progress: (text: string) => void,
): Promise<DownloadedPackage[]> {
  progress('look up packages');
  const archive = new DebianArchive(cacheDir, progress);
  const newest = kernelPackages[process.arch] ?? '';
  const [kernelDependencies, crunDependencies] = [
    await archive.dependencies(newest),
    await archive.dependencies('crun'),
  ];
  const kernel = kernelDependencies.filter((name) => /^linux-(image|modules)-\d/.test(name));
  if (kernel.length === 0) {
    throw new GuestImageError('package-not-found', `${newest} depends on no kernel`, { package: newest });
  }
  const libraries = crunDependencies.filter((name) => name !== unusedLibrary.package);
  return archive.download([...new Set([...kernel, ...programPackages, ...libraries])]);
}

interface FileSources {
  readonly packages: readonly DownloadedPackage[];
  readonly agent: AgentFile;
  readonly progress: (text: string) => void;
}

async function makeFiles(work: string, sources: FileSources): Promise<GuestManifest> {
  const { packages, agent, progress } = sources;
  const unpacked = join(work, 'packages');
  const out = join(work, 'out');
  mkdirSync(unpacked);
  mkdirSync(out);
  progress('unpack packages');
  for (const { path } of packages) await runTool('dpkg-deb', ['-x', path, unpacked]);
  const busybox = findFile(unpacked, 'bin/busybox');
  const unxz: Unxz = (input) => runTool('xz', ['-dc'], { input });

  progress('unpack the kernel');
  const bootDir = join(unpacked, 'boot');
  const bzImage = readdirSync(bootDir).find((name) => name.startsWith('vmlinuz-'));
  if (bzImage === undefined)
    throw new GuestImageError('not-in-package', 'the kernel package has no boot/vmlinuz', { path: bootDir });
  const release = bzImage.slice('vmlinuz-'.length);
  const { readFile } = await import('node:fs/promises');
  writeFileSync(join(out, 'vmlinux'), await extractKernel(await readFile(join(bootDir, bzImage)), unxz));

  progress('make the initial root');
  const modules = new KernelModules(findFile(unpacked, `lib/modules/${release}`), unxz);
  const early = await modules.inLoadOrder(earlyModules);
  const withoutEarly = async (...wanted: readonly string[]): Promise<KernelModule[]> =>
    (await modules.inLoadOrder([...earlyModules, ...wanted])).slice(early.length);
  const forImage = await withoutEarly(...imageModules);
  const inRoot = await withoutEarly(...imageModules, ...rootModules);
  const later = [...early, ...(await withoutEarly(...imageModules, ...rootModules, ...laterModules))];
  const rootWith = (rootModules: readonly KernelModule[], image: GuestRootSources['image']): Buffer =>
    initialRoot(
      early,
      firstProgram,
      guestRoot({ packagesDir: unpacked, agentPath: agent.path, modules: rootModules, image }),
    );
  const onDisk = { device: 'disk', modules: forImage.map(nameOf) } as const;
  writeFileSync(join(out, 'initrd.img'), rootWith(inRoot, onDisk));
  const forNvdimm = await withoutEarly(...nvdimmModules);
  writeFileSync(
    join(out, 'initrd-nvdimm.img'),
    rootWith(await withoutEarly(...nvdimmModules, ...rootModules), {
      device: 'nvdimm',
      modules: forNvdimm.map(nameOf),
    }),
  );
  writeFileSync(join(out, 'probe-initrd.img'), initialRoot(early, probeProgram));

  progress('make the image');
  const tree = join(work, 'tree');
  const applets = (await runTool(busybox, ['--list']))
    .toString()
    .split('\n')
    .filter((name) => name !== '');
  makeImageTree(tree, {
    packagesDir: unpacked,
    kernelRelease: release,
    modules: later,
    applets,
  });
  const fixedId = '68616b6f-0000-4000-8000-000000000001';
  await runTool('mkfs.erofs', [
    '--quiet',
    '--all-root',
    '-x-1',
    '-T0',
    '-U',
    fixedId,
    join(out, 'hako-guest.img'),
    tree,
  ]);

  // A kernel maps an NVDIMM in pieces of this size, and none that is not whole.
  const image = join(out, 'hako-guest.img');
  truncateSync(image, Math.ceil(statSync(image).size / nvdimmPieceBytes) * nvdimmPieceBytes);
  writeFileSync(
    join(out, 'hako-guest-initrd.img'),
    rootWith(inRoot, { device: 'none', content: readTree(tree) }),
  );

  const described = packages.map(({ name, version, sha256 }) => ({ name, version, sha256 }));
  const manifest: GuestManifest = {
    version: 1,
    inputs: inputsOf(described, agent.sha256),
    architecture: process.arch,
    kernelRelease: release,
    packages: described,
    agent,
    files: {
      kernel: await describeFile(out, 'vmlinux'),
      initrd: await describeFile(out, 'initrd.img'),
      image: await describeFile(out, 'hako-guest.img'),
      nvdimmInitrd: await describeFile(out, 'initrd-nvdimm.img'),
      wholeInitrd: await describeFile(out, 'hako-guest-initrd.img'),
      probeInitrd: await describeFile(out, 'probe-initrd.img'),
    },
    boot: {
      entry: 'pvh',
      initrd: 'initrd.img',
      nvdimmInitrd: 'initrd-nvdimm.img',
      imageDevice: 'virtio-blk',
      imageFsType: 'erofs',
      kernelParams: [...kernelParams],
      agentPort: 'agent.channel.0',
      shareTag: 'kataShared',
    },
    modules: { early: early.map(nameOf), root: inRoot.map(nameOf), later: later.map(nameOf) },
  };
  writeFileSync(join(out, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}

function nameOf({ name }: KernelModule): string {
  return name;
}

function firstProgram(modulePaths: readonly string[]): Uint8Array {
  return stageOne({ modulePaths, rootPath: `/${rootInInitrd}`, agentPath: agentPathInGuest });
}

/** @param more what is in it besides the modules and the first program */
function initialRoot(
  modules: readonly KernelModule[],
  program: (modulePaths: readonly string[]) => Uint8Array,
  more: readonly CpioEntry[] = [],
): Buffer {
  const paths = modules.map(({ name }) => `/${name}.ko`);
  const entries: CpioEntry[] = [
    { path: 'dev', directory: true },
    { path: 'root', directory: true },
    ...modules.map(({ name, content }): CpioEntry => ({ path: `${name}.ko`, content })),
    { path: 'init', content: program(paths), mode: 0o755 },
    ...more,
  ];
  return writeCpio(entries);
}

async function describeFile(dir: string, path: string): Promise<GuestManifest['files']['kernel']> {
  const full = join(dir, path);
  return { path, sizeBytes: statSync(full).size, sha256: await sha256Of(full) };
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** Old folder away, new one in, old one removed: a reader finds the one or the other, files in use stay readable. */
function replaceDirectory(made: string, target: string): void {
  const old = `${target}.old-${process.pid}`;
  if (existsSync(target)) renameSync(target, old);
  renameSync(made, target);
  rmSync(old, { recursive: true, force: true });
}
