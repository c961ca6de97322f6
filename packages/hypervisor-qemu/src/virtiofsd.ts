import { closeSync, mkdirSync, readFileSync } from 'node:fs';
import { rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ResourceLedger, SharedDirectory, VmConfig } from '@hako/hypervisor';
import { bindMount, listenUnix, PosixError, setMountPropagation, unmount } from '@hako/posix';
import { CAP_SYS_ADMIN, CAP_SYS_RESOURCE, effectiveCapabilities } from './capabilities.ts';
import { Child, type ChildExit, describeExit } from './child.ts';
import { qemuError } from './qemu-error.ts';
import { shareSocket } from './share-socket.ts';
import { detectVirtiofsd, virtiofsdArguments } from './virtiofsd-arguments.ts';

/** A virtiofsd that serves one share. */
export interface Virtiofsd {
  readonly tag: string;
  readonly pid: number;
  readonly exited: Promise<ChildExit>;
  /** `virtiofsd for share "kataShared" exited with status 1: <its last words>`. */
  describeEnd(exit: ChildExit): string;
  /** Goes on in another folder with its log. */
  logTo(directory: string): void;
  /** Kills it, waits until it is reaped, and removes its files. Whatever it has answered is written. Idempotent. */
  end(): Promise<void>;
}

const logName = 'virtiofsd.log';

/**
 * Starts a virtiofsd for `share`. It listens already when this resolves, since the socket is made here; it may
 * still fail, which shows in `exited`.
 *
 * @throws QemuError `start-failed`; nothing is left then
 */
export async function startVirtiofsd(
  vm: VmConfig,
  share: SharedDirectory,
  index: number,
  ledger: ResourceLedger,
): Promise<Virtiofsd> {
  const { virtioFsDaemon: program, virtioFsCache: cache, virtioFsExtraArgs: extraArgs } = vm.hypervisor;
  const role = `virtiofsd-${share.tag}`;
  // The daemon's arguments need not name the VM, so its argv[0] does.
  const marker = `virtiofsd:${vm.runtimeDir}`;
  const capabilities = effectiveCapabilities();
  const flavour = await detectFlavour(program);
  const source = await prepareSource(vm.runtimeDir, share, index, ledger);
  const socketPath = shareSocket(vm.runtimeDir, index);
  let listener: number | undefined;
  try {
    listener = listenUnix(socketPath, { backlog: 1 });
    await ledger.announce({ kind: 'process', role, marker });
    const child = await Child.start({
      program,
      argv0: marker,
      args: virtiofsdArguments({
        flavour,
        fd: 3,
        sharedDir: source.path,
        cache,
        sandbox: (capabilities & CAP_SYS_ADMIN) !== 0n ? 'namespace' : 'chroot',
        mayRaiseLimits: (capabilities & CAP_SYS_RESOURCE) !== 0n,
        extraArgs,
      }),
      inherit: [listener],
      // It ends with QEMU's connection, and with setpriv its argv[0] would be lost.
      dieWithParent: false,
      // The guest's kernel has checked who may make a file where, by all groups of the caller; QEMU's virtiofsd checks again
      // without the supplementary ones, and would refuse what a pod's fsGroup allows. The Rust one decides that by itself.
      keepsCapabilities: flavour === 'c',
      selinuxLabel: vm.selinuxLabel,
      stderrLog: join(vm.logDir ?? vm.runtimeDir, logName),
    });
    child.stdout.resume();
    await ledger.processStarted(role, child.pid);
    let ending: Promise<void> | undefined;
    const end = async (): Promise<void> => {
      child.killGroup();
      await child.exited;
      await rm(socketPath, { force: true });
      await source.release();
    };
    return {
      tag: share.tag,
      pid: child.pid,
      exited: child.exited,
      describeEnd: (exit) => {
        const words = child.stderrTail.slice(-3).join(' | ');
        return `virtiofsd for share "${share.tag}" ${describeExit(exit)}${words === '' ? '' : `: ${words}`}`;
      },
      logTo: (directory) => child.logTo(join(directory, logName)),
      end: () => {
        ending ??= end();
        return ending;
      },
    };
  } catch (error) {
    await rm(socketPath, { force: true });
    await source.release();
    throw error;
  } finally {
    // With our copy open, QEMU would wait for ever on the socket of a daemon that died.
    if (listener !== undefined) closeSync(listener);
  }
}

async function detectFlavour(program: string): Promise<'c' | 'rust'> {
  try {
    return await detectVirtiofsd(program);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw qemuError('start-failed', `cannot use ${program}: ${message}`, { program }, error);
  }
}

interface Source {
  readonly path: string;
  release(): Promise<void>;
}

/**
 * The directory that virtiofsd is pointed at.
 *
 * virtiofsd has a mount namespace of its own, into which later mounts spread only below a shared mount. So a
 * writable share becomes a shared mount point in place, unless it lies on one already. A read-only one is shown to the daemon
 * through a read-only bind mount, since not every virtiofsd can refuse writes itself.
 */
async function prepareSource(
  runtimeDir: string,
  share: SharedDirectory,
  index: number,
  ledger: ResourceLedger,
): Promise<Source> {
  const { hostPath } = share;
  if (!share.readonly && isOnSharedMount(hostPath)) return { path: hostPath, release: async () => undefined };
  const target = share.readonly ? join(runtimeDir, `fs${index}`) : hostPath;
  await ledger.announce({ kind: 'mount', target });
  if (share.readonly) {
    await ledger.announce({ kind: 'directory', path: target });
    mkdirSync(target, { mode: 0o700 });
  }
  const release = async (): Promise<void> => {
    try {
      unmount(target, { detach: true });
    } catch (error) {
      // EINVAL: somebody has unmounted it already.
      if (!(error instanceof PosixError && error.code === 'EINVAL')) throw error;
    }
    if (share.readonly) await rmdir(target);
  };
  try {
    bindMount(hostPath, target, { readonly: share.readonly, recursive: true });
    if (!share.readonly) {
      // First private, so that nothing below spreads to whatever the directory lay on.
      setMountPropagation(target, 'private');
      setMountPropagation(target, 'shared');
    }
    return { path: target, release };
  } catch (error) {
    await release();
    throw qemuError(
      'start-failed',
      `cannot offer ${hostPath} by virtio-fs: ${error instanceof Error ? error.message : String(error)}`,
      {},
      error,
    );
  }
}

/** True when a mount made below `path` would spread to other mount namespaces. */
function isOnSharedMount(path: string): boolean {
  let longest = '';
  let shared = false;
  for (const line of readFileSync('/proc/self/mountinfo', 'utf8').split('\n')) {
    const fields = line.split(' ');
    const target = (fields[4] ?? '').replace(/\\([0-7]{3})/g, (_, octal: string) =>
      String.fromCharCode(Number.parseInt(octal, 8)),
    );
    const contains = target === path || path.startsWith(target.endsWith('/') ? target : `${target}/`);
    // Later lines cover earlier ones at the same place.
    if (target === '' || !contains || target.length < longest.length) continue;
    longest = target;
    shared = fields.slice(6, fields.indexOf('-')).some((field) => field.startsWith('shared:'));
  }
  return shared;
}
