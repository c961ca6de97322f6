import { readFileSync } from 'node:fs';
import type { HypervisorConfig } from '@hako/config';
import type { Problem } from '@hako/errors';
import { CAP_SYS_RESOURCE, effectiveCapabilities } from './capabilities.ts';
import { hostProblem } from './value-check.ts';

/** A checkout with its dependencies may have so many files: a program that looks at each, and no further one, has none left then. */
const FEW_FILES = 100_000;

/** Who starts virtiofsd: what it may raise, and to what. */
export interface OpenFilesHost {
  readonly capabilities: bigint;
  /** Text of /proc/self/limits. */
  readonly limits: string;
}

/**
 * Warns where virtiofsd may open few files. It has one open for each that the guest knows, and gets as many as it may: a million with
 * CAP_SYS_RESOURCE, else what the hard limit allows, to which the engine has raised ours.
 */
export function checkOpenFiles(
  { sharedFs, virtioFsDaemon }: Pick<HypervisorConfig, 'sharedFs' | 'virtioFsDaemon'>,
  host: OpenFilesHost = ownLimits(),
): readonly Problem[] {
  if (sharedFs !== 'virtio-fs' || (host.capabilities & CAP_SYS_RESOURCE) !== 0n) return [];
  const hard = Number(/^Max open files\s+\S+\s+(\d+)/m.exec(host.limits)?.[1] ?? Number.POSITIVE_INFINITY);
  if (hard >= FEW_FILES) return [];
  return [
    hostProblem(
      'virtio_fs_daemon',
      virtioFsDaemon,
      `may open ${hard} files (RLIMIT_NOFILE), and needs one for each that the guest knows: beyond, the guest can open none (EMFILE)`,
      'raise the hard limit of whoever starts hako (ulimit -Hn, LimitNOFILE= of a service), give CAP_SYS_RESOURCE, or set shared_fs = "virtio-9p"',
      'warning',
    ),
  ];
}

function ownLimits(): OpenFilesHost {
  return { capabilities: effectiveCapabilities(), limits: readFileSync('/proc/self/limits', 'utf8') };
}
