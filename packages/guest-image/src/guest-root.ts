import { readFileSync } from 'node:fs';
import type { CpioEntry } from './cpio.ts';
import { ElfDynamic } from './elf-dynamic.ts';
import { type KernelModule, modulesIndex } from './kernel-modules.ts';
import { type ImageDevice, imageLoader, imageMountPoint } from './mount-image.ts';
import { findFile, librariesOf, loader } from './package-files.ts';
import { unusedLibrary } from './recipe.ts';

export interface GuestRootSources {
  /** Folder with all packages unpacked over each other. */
  readonly packagesDir: string;
  readonly agentPath: string;
  /** Those for the image, and others that many containers need from the start. */
  readonly modules: readonly KernelModule[];
  /** How the root comes by the image. */
  readonly image: MountedImage | ContainedImage;
}

/** It is a device of the machine, mounted when something asks for it. */
export interface MountedImage {
  readonly device: ImageDevice;
  /** Names of the modules that mounting it takes, in load order. */
  readonly modules: readonly string[];
}

/** Its content is a part of the root. */
export interface ContainedImage {
  readonly device: 'none';
  /** Paths are relative to the image. */
  readonly content: readonly CpioEntry[];
}

/** Folder of the initial root that becomes the guest's root. */
export const rootInInitrd = 'guest';
export const agentPathInGuest = '/sbin/hako-agent';
/** Modules of the root; those of the image are in the place that modprobe knows. */
const modulesDir = 'lib/root-modules';
const librariesDir = 'lib/x86_64-linux-gnu';

const directories = [
  ...['dev', 'proc', 'sys', 'run', 'tmp', 'root', 'mnt', 'var', 'etc', 'sbin', 'lib', 'lib64'],
  ...[imageMountPoint.slice(1), librariesDir, modulesDir],
];

const textFiles: Readonly<Record<string, string>> = {
  'etc/passwd': 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/bin/false\n',
  'etc/group': 'root:x:0:\ntty:x:5:\nnogroup:x:65534:\n',
  'etc/hosts': '127.0.0.1 localhost\n::1 localhost\n',
};

/** The root is read-only: what must change lies in /run. */
const links: Readonly<Record<string, string>> = {
  'var/run': '/run',
  'var/tmp': '/tmp',
  'etc/resolv.conf': '/run/kata-containers/sandbox/resolv.conf',
  'etc/mtab': '/proc/self/mounts',
  usr: `${imageMountPoint}/usr`,
  bin: 'usr/bin',
  'lib/modules': `${imageMountPoint}/lib/modules`,
};

/** What the root has in every build. */
export const fixedRootContent: readonly unknown[] = [directories, textFiles, links, rootInInitrd];

/**
 * The guest's root as entries of the initial root: what every start needs, in memory when the first program runs. The rest
 * is in the image, which costs an emulated machine a tenth of its boot to reach (a disk's driver, a file system, the block
 * layer's first run) and which few containers ask for. `/sbin/mount-image` mounts it; so does `/sbin/modprobe`, which the
 * kernel runs when something asks for a module, before it becomes the image's.
 */
export function guestRoot(sources: GuestRootSources): CpioEntry[] {
  const { packagesDir, modules } = sources;
  const crun = readFileSync(findFile(packagesDir, 'bin/crun'));
  ElfDynamic.read(crun)?.dropLibrary(unusedLibrary.soname);
  const program = (path: string, content: Uint8Array): CpioEntry => ({ path, content, mode: 0o755 });
  const inRoot: CpioEntry[] = [
    ...directories.map((path): CpioEntry => ({ path, directory: true })),
    ...Object.entries(textFiles).map(([path, text]): CpioEntry => ({ path, content: Buffer.from(text) })),
    ...Object.entries(links).map(([path, link]): CpioEntry => ({ path, link })),
    program(agentPathInGuest.slice(1), readFileSync(sources.agentPath)),
    program('sbin/crun', crun),
    ...imageEntries(sources.image),
    ...[...librariesOf(packagesDir, crun)].map(([soname, content]) =>
      program(soname === loader ? `lib64/${soname}` : `${librariesDir}/${soname}`, content),
    ),
    ...modules.map(({ name, content }): CpioEntry => ({ path: `${modulesDir}/${name}.ko`, content })),
    { path: `${modulesDir}/modules.dep`, content: Buffer.from(modulesIndex(modules)) },
  ];
  return [
    { path: rootInInitrd, directory: true },
    ...inRoot.map((entry) => ({ ...entry, path: `${rootInInitrd}/${entry.path}` })),
  ];
}

function imageEntries(image: GuestRootSources['image']): CpioEntry[] {
  const busybox = '/usr/bin/busybox';
  if (image.device === 'none') {
    const place = imageMountPoint.slice(1);
    return [
      { path: 'sbin/modprobe', link: busybox },
      ...image.content.map((entry) => ({ ...entry, path: `${place}/${entry.path}` })),
    ];
  }
  const modulePaths = image.modules.map((name) => `/${modulesDir}/${name}.ko`);
  const { device } = image;
  const mounter = imageLoader({ modulePaths, device });
  const modprobe = imageLoader({ modulePaths, device, becomes: busybox });
  return [
    { path: 'sbin/mount-image', content: mounter, mode: 0o755 },
    { path: 'sbin/modprobe', content: modprobe, mode: 0o755 },
  ];
}
