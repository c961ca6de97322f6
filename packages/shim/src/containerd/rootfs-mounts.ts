import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import type { ResourceLedger } from '@hako/hypervisor';
import { mount as mountCall, mountFlags } from '@hako/posix';
import { type Host, sandboxError } from '@hako/sandbox';
import type { Mount } from '@hako/task-protocol';
import { shortOverlay } from './short-overlay.ts';

/**
 * Mounts a root file system as CreateTaskRequest.rootfs describes it, each mount over the one before, and announces it
 * first. Nothing of it stays when one fails.
 *
 * @throws SandboxError `host-refused` naming the mount; `unsupported`
 */
export async function mountRootfs(
  mounts: readonly Mount[],
  target: string,
  host: Host,
  ledger: ResourceLedger,
): Promise<void> {
  if (mounts.length === 0) return;
  mkdirSync(target, { recursive: true, mode: 0o711 });
  await ledger.announce({ kind: 'mount', target });
  try {
    for (const mount of mounts) mountOne(mount, target, host);
  } catch (error) {
    host.unmountAll(target);
    throw error;
  }
}

function mountOne(mount: Mount, target: string, host: Host): void {
  const { type, source } = mount;
  if (mount.target !== '') {
    throw sandboxError('unsupported', `a mount at ${mount.target} in the root file system is not supported`);
  }
  const { flags, data, isBind, isReadonly, isLoop } = readOptions(mount.options);
  try {
    if (isBind || type === 'bind') host.bindMount(source, target, { readonly: isReadonly });
    else if (isLoop) mountByProgram(mount, target);
    else if (type === 'overlay') mountOverlay(source, target, flags, data);
    else mountCall({ source, target, type, flags, data: data.join(',') });
  } catch (error) {
    throw sandboxError(
      'host-refused',
      `cannot mount the root file system (${type} of ${source}): ${(error as Error).message}`,
      { path: target },
      error,
    );
  }
}

/** A file in place of a device: mount(8) makes the loop device, which goes with the mount. */
function mountByProgram({ type, source, options }: Mount, target: string): void {
  execFileSync('mount', ['-t', type, '-o', options.join(','), '--', source, target], {
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    timeout: 30_000,
  });
}

function mountOverlay(source: string, target: string, flags: number, options: readonly string[]): void {
  const { directory, data } = shortOverlay(options);
  if (directory === undefined) {
    mountCall({ source, target, type: 'overlay', flags, data });
    return;
  }
  // The call is synchronous, and so is all between: nobody sees the other working directory.
  const before = process.cwd();
  process.chdir(directory);
  try {
    mountCall({ source, target, type: 'overlay', flags, data });
  } finally {
    process.chdir(before);
  }
}

interface ReadOptions {
  readonly flags: number;
  /** What is the file system's own. */
  readonly data: readonly string[];
  readonly isBind: boolean;
  readonly isReadonly: boolean;
  readonly isLoop: boolean;
}

/** Options of mount(8) that are flags of mount(2): the bit, and whether it is set or cleared. */
const FLAGS: ReadonlyMap<string, readonly [bit: number, isSet: boolean]> = new Map([
  ['ro', [mountFlags.readonly, true]],
  ['rw', [mountFlags.readonly, false]],
  ['nosuid', [mountFlags.nosuid, true]],
  ['suid', [mountFlags.nosuid, false]],
  ['nodev', [mountFlags.nodev, true]],
  ['dev', [mountFlags.nodev, false]],
  ['noexec', [mountFlags.noexec, true]],
  ['exec', [mountFlags.noexec, false]],
  ['noatime', [mountFlags.noatime, true]],
  ['atime', [mountFlags.noatime, false]],
  ['defaults', [0, true]],
]);

function readOptions(options: readonly string[]): ReadOptions {
  let flags = 0;
  const data: string[] = [];
  for (const option of options) {
    const [bit, isSet] = FLAGS.get(option) ?? [];
    if (bit !== undefined) flags = isSet === true ? flags | bit : flags & ~bit;
    else if (!/^(?:r?bind|loop)$/.test(option)) data.push(option);
  }
  return {
    flags,
    data,
    isBind: options.some((option) => option === 'bind' || option === 'rbind'),
    isReadonly: (flags & mountFlags.readonly) !== 0,
    isLoop: options.includes('loop'),
  };
}
