import { statSync } from 'node:fs';
import type { NetNsIdentity } from '@hako/hypervisor';
import { NetworkError } from './network-error.ts';

/** Which namespace a path leads to now. @throws NetworkError `namespace-gone` */
export function identifyNetNs(path: string): NetNsIdentity {
  try {
    const { dev, ino } = statSync(path);
    return { path, device: dev, inode: ino };
  } catch (cause) {
    throw namespaceGone(path, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

/** True while the path still leads to that namespace. */
export function isThere({ path, device, inode }: NetNsIdentity): boolean {
  try {
    const now = statSync(path);
    return now.dev === device && now.ino === inode;
  } catch {
    return false;
  }
}

export function namespaceGone(path: string, why: string, cause?: unknown): NetworkError {
  return new NetworkError('namespace-gone', `cannot enter the network namespace ${path}: ${why}`, {
    facts: { path },
    cause,
  });
}
