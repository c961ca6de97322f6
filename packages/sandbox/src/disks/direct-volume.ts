import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { absolutePath, check, list, name, object, record, type Shape, text } from '@hako/shape';
import { writeFileAtomic } from '../atomic-file.ts';
import { isBind, type MountLike } from '../mount-kind.ts';
import { type SandboxError, sandboxError } from '../sandbox-error.ts';

/** Where a CSI driver, or an administrator, says which volumes are to be mounted in the guest (Kata's path). */
const DIRECT_VOLUME_ROOT = '/run/kata-containers/shared/direct-volumes';

/** What `mountInfo.json` says of a volume (Kata's "direct-assigned volume"). */
export interface DirectVolume {
  /** Block device, or a file with the raw content of one. */
  readonly device: string;
  readonly fsType: string;
  readonly options: readonly string[];
  /** Group that the volume's root gets. */
  readonly groupId?: number;
}

interface MountInfo {
  readonly 'volume-type': string;
  readonly device: string;
  readonly fstype: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly options?: readonly string[];
}

const mountInfo: Shape<MountInfo> = object<MountInfo>(
  { 'volume-type': name, device: absolutePath, fstype: name, metadata: record(text), options: list(name) },
  { 'volume-type': true, device: true, fstype: true },
);

/** Names that the two lines of Kata give to a volume on a disk. */
const diskTypes = ['block', 'directvol'];

/** The file that describes a volume whose mount has this source. */
export function mountInfoPath(source: string, root: string = DIRECT_VOLUME_ROOT): string {
  return join(
    root,
    Buffer.from(source).toString('base64').replaceAll('+', '-').replaceAll('/', '_'),
    'mountInfo.json',
  );
}

/** True for a bind mount in whose place the guest mounts a disk. */
export function isDirectVolume(mount: MountLike, root?: string): boolean {
  return (
    isBind(mount) &&
    (mount.source ?? '').startsWith('/') &&
    existsSync(mountInfoPath(mount.source ?? '', root))
  );
}

/**
 * What is said of the volume.
 *
 * @throws SandboxError `host-refused` for a file that is not of that form; `unsupported` for a volume that is no disk
 */
export function readDirectVolume(source: string, root?: string): DirectVolume {
  const path = mountInfoPath(source, root);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw wrong(path, source, `cannot be read: ${(error as Error).message}`, error);
  }
  return parseMountInfo(text, path, source);
}

/**
 * Describes the volume of that path, in place of what was said of it.
 *
 * @param text JSON of `mountInfo.json`
 * @throws SandboxError as `readDirectVolume`, with nothing written
 */
export function describeDirectVolume(source: string, text: string, root?: string): void {
  const path = mountInfoPath(source, root);
  parseMountInfo(text, 'the mount info', source);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileAtomic(path, text);
}

/** Nothing is said of that volume any more. @throws SandboxError `not-found` */
export function forgetDirectVolume(source: string, root?: string): void {
  const folder = dirname(mountInfoPath(source, root));
  if (!existsSync(folder))
    throw sandboxError('not-found', `no direct volume ${source} is described in ${folder}`, { path: folder });
  rmSync(folder, { recursive: true });
}

function parseMountInfo(json: string, where: string, source: string): DirectVolume {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw wrong(where, source, `cannot be read: ${(error as Error).message}`, error);
  }
  const checked = check(mountInfo, value, { codePrefix: 'sandbox' });
  if (checked.problems.length > 0)
    throw wrong(where, source, checked.problems.map(({ field, rule }) => `${field} ${rule}`).join('; '));
  const { device, fstype: fsType, metadata = {}, options = [], 'volume-type': type } = value as MountInfo;
  if (!diskTypes.includes(type))
    throw sandboxError(
      'unsupported',
      `${where}: volume-type ${JSON.stringify(type)} is not one of ${diskTypes.join(', ')}`,
      { path: source },
    );
  const group = metadata.fsGroup;
  if (group !== undefined && !/^\d{1,10}$/.test(group))
    throw wrong(where, source, `metadata.fsGroup ${JSON.stringify(group)} is no group id`);
  return { device, fsType, options, ...(group === undefined ? {} : { groupId: Number(group) }) };
}

function wrong(where: string, source: string, why: string, cause?: unknown): SandboxError {
  return sandboxError(
    'host-refused',
    `${where}, which describes the volume ${source}: ${why}`,
    { path: source },
    cause,
  );
}
