import { programVersion } from './program-version.ts';

/**
 * The two programs called virtiofsd: `c` came with QEMU until 8.0 (Debian 12: package qemu-system-common), `rust` is its
 * successor (package virtiofsd).
 */
export type VirtiofsdFlavour = 'c' | 'rust';

export interface VirtiofsdOptions {
  readonly flavour: VirtiofsdFlavour;
  /** Descriptor, in the daemon, of the listening vhost-user socket. */
  readonly fd: number;
  /** Directory that becomes the root of the guest's mount. */
  readonly sharedDir: string;
  /** `never`, `none`, `metadata`, `auto` or `always`; the flavours know different words for "no cache". */
  readonly cache: string;
  /**
   * `namespace`: own mount, pid and network namespace, rooted in the directory. `chroot`: rooted only, for
   * hosts where namespaces may not be made.
   */
  readonly sandbox: 'namespace' | 'chroot';
  /** The daemon may raise its limit of open files. It has one for each file that the guest knows. */
  readonly mayRaiseLimits: boolean;
  /** The operator's own arguments, last, so that they win. */
  readonly extraArgs: readonly string[];
}

/** Arguments, without the program. Pure. */
export function virtiofsdArguments(options: VirtiofsdOptions): string[] {
  const { flavour, fd, sharedDir, sandbox, extraArgs } = options;
  // By itself it raises the limit of open files to a million, and ends where it must not: 0 leaves it as it is.
  const limit = options.mayRaiseLimits ? [] : ['--rlimit-nofile=0'];
  if (flavour === 'rust') {
    return [
      `--fd=${fd}`,
      `--shared-dir=${sharedDir}`,
      `--cache=${options.cache === 'none' ? 'never' : options.cache}`,
      `--sandbox=${sandbox}`,
      '--seccomp=kill',
      ...limit,
      // Bind mounts below the shared directory are file systems of their own for the guest: inode numbers do not clash.
      '--announce-submounts',
      ...extraArgs,
    ];
  }
  return [
    `--fd=${fd}`,
    // Commas in a value are escaped by a backslash here. Its seccomp filter is always on.
    ...['-o', `source=${sharedDir.replaceAll(/[\\,]/g, '\\$&')}`],
    ...['-o', `cache=${cacheOfC(options.cache)}`],
    ...['-o', `sandbox=${sandbox}`],
    ...['-o', 'announce_submounts'],
    ...limit,
    ...extraArgs,
  ];
}

function cacheOfC(cache: string): string {
  // It has no `metadata`; `auto` caches the same with a time limit.
  if (cache === 'never') return 'none';
  return cache === 'metadata' ? 'auto' : cache;
}

/** Which virtiofsd a `--version` text is from, or undefined. */
export function parseVirtiofsdVersion(text: string): VirtiofsdFlavour | undefined {
  if (/^virtiofsd version |FUSE kernel interface version/m.test(text)) return 'c';
  return /^virtiofsd (backend )?\d/m.test(text) ? 'rust' : undefined;
}

/** Asks the program, once per version of its file. Rejects when it cannot be run or is something else. */
export async function detectVirtiofsd(program: string): Promise<VirtiofsdFlavour> {
  const flavour = parseVirtiofsdVersion(await programVersion(program));
  if (flavour === undefined) throw new Error(`${program} --version does not look like virtiofsd`);
  return flavour;
}
