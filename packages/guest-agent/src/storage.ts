import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { dirname, normalize } from 'node:path';
import type { Storage } from '@hako/agent-protocol';
import { AgentError } from './agent-error.ts';
import { type DiskDriver, diskDrivers, diskFile, isDiskDriver } from './devices/disks.ts';
import { followFolder } from './files/follow-folder.ts';
import { parseMountOptions } from './mount-options.ts';
import { mountWhenThere } from './mount-when-there.ts';
import type { Machine } from './system/machine.ts';

/** All that the host may have mounted lies below this. */
export const storageRoot = '/run/kata-containers';

/** Storage drivers of this agent, as GetGuestDetails names them. */
export const storageDrivers: readonly string[] = [
  'virtio-fs',
  '9p',
  'bind',
  'local',
  'ephemeral',
  'overlayfs',
  'watchable-bind',
  ...diskDrivers,
];

const modulesOf: Readonly<Record<string, readonly string[]>> = {
  virtiofs: ['virtiofs'],
  '9p': ['9pnet_virtio', '9p'],
  overlay: ['overlay'],
  ext4: ['ext4'],
  xfs: ['xfs'],
};

const MS_BIND = 4096;
const MS_RDONLY = 1;
const MS_REMOUNT = 32;

/**
 * What is mounted in the guest for the sandbox and its containers. Storages with the same mount point are one, mounted
 * once and unmounted with their last user; but what lives in the guest alone (`ephemeral`, `local`) stays to the end of
 * the sandbox, since a container that comes again is to find its volume as it left it.
 */
export class StorageTable {
  readonly #machine: Machine;
  readonly #root: string;
  readonly #users = new Map<string, number>();
  /** Mount points of disks: those of their file systems, and those where a container finds the disk itself. */
  readonly #disks = new Map<string, 'file system' | 'file'>();
  #hasVirtioFs = false;
  /** What ends the following of the host's folders, by mount point. */
  readonly #followed = new Map<string, () => void>();

  constructor(machine: Machine, root: string = storageRoot) {
    this.#machine = machine;
    this.#root = root;
  }

  /**
   * Mounts in the given order; answers the mount points that are to be released. On a failure what was mounted is undone.
   * Throws AgentError.
   */
  async add(storages: readonly Storage[]): Promise<string[]> {
    const mountPoints: string[] = [];
    const passing: string[] = [];
    try {
      for (const storage of storages) {
        const mountPoint = await this.#addOne(storage);
        mountPoints.push(mountPoint);
        if (!livesInGuest(storage)) passing.push(mountPoint);
      }
    } catch (error) {
      this.release(mountPoints);
      throw error;
    }
    return passing;
  }

  /**
   * Gives mounts in memory other options, such as another size; each must be there. All are checked before any is changed.
   * Throws AgentError.
   */
  remountEphemeral(storages: readonly Storage[]): void {
    const targets = storages.map((storage) => {
      const target = this.#check(storage);
      if (storage.driver === 'ephemeral' && this.#users.has(target)) return target;
      throw new AgentError('invalid-argument', `there is no mount in memory at ${storage.mountPoint}`, {
        facts: { path: storage.mountPoint },
      });
    });
    for (const [index, { options }] of storages.entries()) {
      const { flags, data } = parseMountOptions(options);
      const target = targets[index] ?? '';
      this.#machine.mount({ source: 'none', target, flags: flags | MS_REMOUNT, data });
    }
  }

  /** Mount points at which a disk itself is, as a file. */
  get diskFiles(): ReadonlySet<string> {
    return new Set([...this.#disks].flatMap(([path, kind]) => (kind === 'file' ? [path] : [])));
  }

  /** Whether a share of virtio-fs is mounted, which makes a mount of each folder that is one on the host. */
  get hasVirtioFs(): boolean {
    return this.#hasVirtioFs;
  }

  /** Unmounts file systems of disks, so that what the host keeps of them is whole. */
  unmountDisks(): void {
    for (const mountPoint of [...this.#disks.keys()].reverse()) this.#machine.unmount(mountPoint);
  }

  /** Unmounts what has no other user, the last first. */
  release(mountPoints: readonly string[]): void {
    for (const mountPoint of [...mountPoints].reverse()) {
      const users = (this.#users.get(mountPoint) ?? 1) - 1;
      if (users > 0) {
        this.#users.set(mountPoint, users);
        continue;
      }
      this.#users.delete(mountPoint);
      this.#disks.delete(mountPoint);
      this.#followed.get(mountPoint)?.();
      this.#followed.delete(mountPoint);
      this.#machine.unmount(mountPoint);
    }
  }

  async #addOne(storage: Storage): Promise<string> {
    const mountPoint = this.#check(storage);
    const users = this.#users.get(mountPoint) ?? 0;
    this.#users.set(mountPoint, users + 1);
    try {
      if (users === 0) await this.#mount(storage, mountPoint);
    } catch (error) {
      this.#users.delete(mountPoint);
      throw error;
    }
    return mountPoint;
  }

  #check({ driver, mountPoint, options }: Storage): string {
    if (!storageDrivers.includes(driver)) {
      throw new AgentError(
        'unimplemented',
        `storage driver ${JSON.stringify(driver)} is not one of ${storageDrivers.join(', ')}`,
      );
    }
    const path = normalize(mountPoint).replace(/\/$/, '');
    if (!path.startsWith(`${this.#root}/`) || path.includes('\0')) {
      throw new AgentError(
        'invalid-argument',
        `mount point ${JSON.stringify(mountPoint)} of storage ${driver} is not below ${this.#root}`,
        { facts: { path: mountPoint } },
      );
    }
    if (options.some((option) => option.includes('\0'))) {
      throw new AgentError('invalid-argument', `an option of the storage at ${mountPoint} holds a NUL`);
    }
    return path;
  }

  async #mount(storage: Storage, target: string): Promise<void> {
    if (isDiskDriver(storage.driver)) {
      await this.#mountDisk(storage.driver, storage, target);
      return;
    }
    switch (storage.driver) {
      case 'local':
        this.#makeDir(target);
        setMode(storage, target);
        setGroup(storage, target);
        return;
      case 'ephemeral':
        this.#makeDir(target);
        await this.#mountType(storage.fstype === 'hugetlbfs' ? 'hugetlbfs' : 'tmpfs', storage, target);
        setGroup(storage, target);
        return;
      case 'bind':
        this.#bind(storage, target);
        return;
      case 'watchable-bind':
        await this.#mountWatchable(storage, target);
        return;
      case 'overlayfs':
        this.#makeDir(target);
        makeOverlayDirs(storage.options);
        await this.#mountType('overlay', storage, target);
        return;
      default:
        this.#makeDir(target);
        await this.#mountType(storage.driver === '9p' ? '9p' : 'virtiofs', storage, target);
    }
  }

  /** Shared folders below the root hold what containers write: a link there must not lead a mount elsewhere. */
  #makeDir(path: string): void {
    mkdirSync(path, { recursive: true });
    if (realpathSync(path) !== path) {
      throw new AgentError('invalid-argument', `mount point ${JSON.stringify(path)} leads through a link`, {
        facts: { path },
      });
    }
  }

  async #mountType(type: string, { source, options, driver }: Storage, target: string): Promise<void> {
    const { flags, data } = parseMountOptions(options);
    await this.#loadModules(type);
    const request = { source: source === '' ? driver : source, target, type, flags, data };
    if (type !== 'virtiofs') {
      this.#machine.mount(request);
      return;
    }
    await mountWhenThere(this.#machine, request);
    this.#hasVirtioFs = true;
  }

  /** With `bind` as its file system a disk is there as a file, for a container that is to have the disk itself. */
  async #mountDisk(driver: DiskDriver, storage: Storage, target: string): Promise<void> {
    const { source, fstype } = storage;
    const file = await diskFile(this.#machine, driver, source);
    if (fstype === 'bind') {
      this.#bind({ ...storage, source: file }, target);
      this.#disks.set(target, 'file');
      return;
    }
    this.#makeDir(target);
    await this.#mountType(fstype, { ...storage, source: file }, target);
    this.#disks.set(target, 'file system');
    setGroup(storage, target);
  }

  /** A folder that is too large to be copied is bound, as with Kata, and a file is too: nobody is told of changes then. */
  async #mountWatchable(storage: Storage, target: string): Promise<void> {
    if (!statSync(storage.source).isDirectory()) {
      this.#bind(storage, target);
      return;
    }
    this.#makeDir(target);
    const { mode } = statSync(storage.source);
    const options = ['nosuid', 'nodev', `mode=${(mode & 0o7777).toString(8)}`];
    await this.#mountType('tmpfs', { ...storage, source: 'tmpfs', options }, target);
    const stop = followFolder(storage.source, target);
    if (stop !== undefined) this.#followed.set(target, stop);
    else {
      this.#machine.unmount(target);
      this.#bind(storage, target);
    }
  }

  #bind({ source, options }: Storage, target: string): void {
    const { flags, propagation } = parseMountOptions(options);
    if (statSync(source).isDirectory()) this.#makeDir(target);
    else {
      this.#makeDir(dirname(target));
      closeSync(openSync(target, constants.O_WRONLY | constants.O_CREAT | constants.O_NOFOLLOW, 0o644));
    }
    this.#machine.mount({ source, target, flags: (flags & ~MS_RDONLY) | MS_BIND });
    try {
      // The kernel takes a bind's flags only from a remount.
      if ((flags & MS_RDONLY) !== 0) {
        this.#machine.mount({ source: 'none', target, flags: flags | MS_BIND | MS_REMOUNT });
      }
      if (propagation !== 0) this.#machine.mount({ source: 'none', target, flags: propagation });
    } catch (error) {
      this.#machine.unmount(target);
      throw error;
    }
  }

  async #loadModules(type: string): Promise<void> {
    const modules = modulesOf[type];
    if (modules === undefined || isKnownFileSystem(type)) return;
    await this.#machine.loadModules(modules);
  }
}

function livesInGuest({ driver }: Storage): boolean {
  return driver === 'ephemeral' || driver === 'local';
}

function isKnownFileSystem(type: string): boolean {
  return readFileSync('/proc/filesystems', 'latin1')
    .split('\n')
    .some((line) => line.endsWith(`\t${type}`));
}

function setMode({ options }: Storage, target: string): void {
  const mode = options
    .flatMap((list) => list.split(','))
    .find((option) => option.startsWith('mode='))
    ?.slice('mode='.length);
  if (mode !== undefined) chmodSync(target, Number.parseInt(mode, 8));
}

function setGroup({ fsGroup }: Storage, target: string): void {
  if (fsGroup === undefined) return;
  chownSync(target, -1, fsGroup.groupId);
  chmodSync(target, (statSync(target).mode & 0o7777) | 0o2070);
}

function makeOverlayDirs(options: readonly string[]): void {
  for (const option of options.flatMap((list) => list.split(','))) {
    const [name, dir] = option.split('=', 2);
    if ((name === 'upperdir' || name === 'workdir') && dir !== undefined) mkdirSync(dir, { recursive: true });
  }
}
