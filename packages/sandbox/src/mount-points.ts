import { closeSync, lstatSync, mkdirSync, openSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ContainerConfig } from '@hako/oci-translate';
import { isBind } from './mount-kind.ts';

/**
 * Makes missing mount points in a root file system that will be read-only, as runtimes on the host do. A path that
 * leads through a link is left alone: the link is the image's, and on the host it would lead out of the image.
 */
export function prepareMountPoints(container: ContainerConfig): void {
  for (const mount of container.spec.mounts ?? []) {
    const wantsFile = isBind(mount) && isFile(mount.source);
    const names = mount.destination.split('/').filter((name) => name !== '' && name !== '.');
    if (names.includes('..')) continue;
    makeBeneath(container.rootfs.path, names, wantsFile);
  }
}

function makeBeneath(root: string, names: readonly string[], lastIsFile: boolean): void {
  let path = root;
  for (const [depth, name] of names.entries()) {
    path = join(path, name);
    const kind = kindOf(path);
    const isLast = depth === names.length - 1;
    if (kind === 'missing') {
      if (isLast && lastIsFile) closeSync(openSync(path, 'wx', 0o644));
      else mkdirSync(path, { mode: 0o755 });
    } else if (kind !== 'directory') {
      return;
    }
  }
}

function kindOf(path: string): 'missing' | 'directory' | 'other' {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return 'missing';
  return stat.isDirectory() ? 'directory' : 'other';
}

function isFile(source: string | undefined): boolean {
  return (
    source !== undefined && (statSync(source, { throwIfNoEntry: false })?.isDirectory() ?? false) === false
  );
}
