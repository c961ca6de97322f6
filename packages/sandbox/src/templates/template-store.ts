import {
  chmodSync,
  closeSync,
  constants,
  existsSync,
  fstatSync,
  ftruncateSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { TemplateFiles } from '@hako/hypervisor';
import { processStartTime, tryFlock } from '@hako/posix';
import { writeFileAtomic } from '../atomic-file.ts';
import { sandboxError } from '../sandbox-error.ts';
import { parseTemplateRecord, type TemplateRecord } from './template-record.ts';

/** A template that is there and whole. */
export interface StoredTemplate {
  readonly key: string;
  readonly files: TemplateFiles;
  readonly record: TemplateRecord;
  readonly usedAt: Date;
  /** What it takes of the disk, or of memory where it lies in a tmpfs. */
  readonly bytes: number;
}

/** The right to make templates; one process has it at a time, and loses it with its end. */
export interface MakerLock extends Disposable {
  /** Folder in which a template is made; what a maker left there is the next one's to undo. */
  readonly place: string;
  release(): void;
}

const keyPattern = /^[0-9a-f]{32}$/;
const recordName = 'template.json';
const lockName = 'lock';
const makingName = 'making';
const failureName = 'failed';
const droppedPrefix = 'dropped-';

/**
 * Templates on disk: `<root>/<key>/` with memory, state and a record of them, written beside and renamed. Whoever finds one that is
 * not as recorded takes it away. Of root's own, mode 0700: whoever can write a template can write every machine made of it.
 */
export class TemplateStore {
  readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  /**
   * The template of that key; undefined where there is none.
   *
   * @throws SandboxError `template-broken` when it is not what was written, or not ours
   */
  find(key: string): StoredTemplate | undefined {
    const folder = this.#folder(key);
    if (!existsSync(folder)) return undefined;
    try {
      this.#checkOwner();
      const record = parseTemplateRecord(readFileSync(join(folder, recordName), 'utf8'));
      const files = filesIn(folder);
      const bytes = checkFile(files.memory, record.memoryBytes) + checkFile(files.state, record.stateBytes);
      return { key, files, record, usedAt: statSync(folder).mtime, bytes };
    } catch (error) {
      throw sandboxError(
        'template-broken',
        `the template ${folder} cannot be used: ${error instanceof Error ? error.message : String(error)}`,
        { path: folder },
        error,
      );
    }
  }

  /** Notes that it was used, so that it stays. */
  touch(key: string): void {
    const now = new Date();
    try {
      utimesSync(this.#folder(key), now, now);
    } catch {
      // Somebody took it away.
    }
  }

  /** All that are whole, the last used first. */
  list(): readonly StoredTemplate[] {
    return this.#keys()
      .flatMap((key) => {
        try {
          return this.find(key) ?? [];
        } catch {
          return [];
        }
      })
      .toSorted((a, b) => b.usedAt.getTime() - a.usedAt.getTime());
  }

  /**
   * Takes one away. Machines that were made of it go on: they have its files open. Idempotent, and for several processes at
   * once: one of them gets the folder, so that none removes what another has just published in its place.
   */
  drop(key: string): void {
    const dropped = join(this.root, `${droppedPrefix}${crypto.randomUUID()}`);
    try {
      renameSync(this.#folder(key), dropped);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
      throw error;
    }
    rmSync(dropped, { recursive: true, force: true });
  }

  /** Takes away those that are not whole, and what a process left that ended while it dropped one. */
  dropBroken(): void {
    this.#removeDropped();
    const whole = new Set(this.list().map(({ key }) => key));
    for (const key of this.#keys()) if (!whole.has(key)) this.drop(key);
  }

  /**
   * The maker's lock; undefined while another process has it.
   *
   * @throws what making the root or opening the lock throws; SandboxError `template-broken` when the root is not ours
   */
  tryLock(): MakerLock | undefined {
    mkdirSync(this.root, { recursive: true, mode: 0o700 });
    this.#checkOwner();
    const fd = this.#flock(constants.O_RDWR | constants.O_CREAT);
    if (fd === undefined) return undefined;
    ftruncateSync(fd);
    writeSync(fd, `${process.pid} ${processStartTime(process.pid) ?? 0}`, 0);
    let held = true;
    const release = (): void => {
      if (held) closeSync(fd);
      held = false;
    };
    return { place: join(this.root, makingName), release, [Symbol.dispose]: release };
  }

  /** True while a process makes a template. */
  isBeingMade(): boolean {
    if (!existsSync(join(this.root, lockName))) return false;
    const fd = this.#flock(constants.O_RDWR);
    if (fd !== undefined) closeSync(fd);
    return fd === undefined;
  }

  /** Who had the lock last, and has it where it is held. */
  maker(): { readonly pid: number; readonly startTime: number } | undefined {
    try {
      const [, pid, startTime] = /^(\d+) (\d+)$/.exec(readFileSync(join(this.root, lockName), 'utf8')) ?? [];
      return pid === undefined ? undefined : { pid: Number(pid), startTime: Number(startTime) };
    } catch {
      return undefined;
    }
  }

  /** Descriptor of the lock file with its lock; undefined while another process has it, or where there is none to open. */
  #flock(flags: number): number | undefined {
    const path = join(this.root, lockName);
    for (;;) {
      let fd: number;
      try {
        fd = openSync(path, flags | constants.O_NOFOLLOW, 0o600);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
      const isOurs = tryFlock(fd, 'exclusive');
      // `removeAll` may have taken the file away between the two.
      if (isOurs && statSync(path, { throwIfNoEntry: false })?.ino === fstatSync(fd).ino) return fd;
      closeSync(fd);
      if (!isOurs) return undefined;
    }
  }

  /** The files in the maker's folder become the template of that key, all at once. */
  publish(lock: MakerLock, key: string, record: Omit<TemplateRecord, 'memoryBytes' | 'stateBytes'>): void {
    const made = join(lock.place, 'template');
    const files = filesIn(made);
    const whole: TemplateRecord = {
      ...record,
      memoryBytes: statSync(files.memory).size,
      stateBytes: statSync(files.state).size,
    };
    writeFileAtomic(join(made, recordName), JSON.stringify(whole));
    // QEMU makes it readable for all.
    chmodSync(files.memory, 0o600);
    this.drop(key);
    renameSync(made, this.#folder(key));
  }

  /** Where the maker has the files to write. */
  filesToMake(lock: MakerLock): TemplateFiles {
    const made = join(lock.place, 'template');
    mkdirSync(made, { recursive: true, mode: 0o700 });
    return filesIn(made);
  }

  /** Why a template could not be made the last time, and when. */
  lastFailure(): { readonly key: string; readonly at: Date; readonly message: string } | undefined {
    try {
      const path = join(this.root, failureName);
      const [key = '', ...message] = readFileSync(path, 'utf8').split('\n');
      return { key, at: statSync(path).mtime, message: message.join('\n') };
    } catch {
      return undefined;
    }
  }

  noteFailure(key: string, message: string): void {
    try {
      writeFileAtomic(join(this.root, failureName), `${key}\n${message}`);
    } catch {
      // On a full disk it is not known, and tried again.
    }
  }

  forgetFailure(): void {
    rmSync(join(this.root, failureName), { force: true });
  }

  /** Removes everything, with the lock held, and gives it up. Answers how many templates there were. Idempotent. */
  removeAll(lock: MakerLock): number {
    const keys = this.#keys();
    for (const key of keys) this.drop(key);
    this.#removeDropped();
    this.forgetFailure();
    rmSync(join(this.root, lockName), { force: true });
    lock.release();
    try {
      rmdirSync(this.root);
    } catch {
      // The operator's folder may hold other things, or be a mount point.
    }
    return keys.length;
  }

  #removeDropped(): void {
    for (const name of readdirSync(this.root))
      if (name.startsWith(droppedPrefix)) rmSync(join(this.root, name), { recursive: true, force: true });
  }

  #folder(key: string): string {
    if (!keyPattern.test(key)) throw new RangeError(`no key of a template: ${JSON.stringify(key)}`);
    return join(this.root, key);
  }

  #keys(): readonly string[] {
    try {
      return readdirSync(this.root).filter((name) => keyPattern.test(name));
    } catch {
      return [];
    }
  }

  #checkOwner(): void {
    const { uid, mode } = statSync(this.root);
    if (uid !== process.geteuid?.() || (mode & 0o022) !== 0) {
      throw sandboxError(
        'template-broken',
        `${this.root} must belong to the user that hako runs as, and be writable for nobody else`,
        { path: this.root },
      );
    }
  }
}

function filesIn(folder: string): TemplateFiles {
  return { memory: join(folder, 'memory'), state: join(folder, 'state') };
}

/** Answers what it takes of the disk. */
function checkFile(path: string, bytes: number): number {
  const stats = lstatSync(path);
  if (!stats.isFile() || stats.uid !== process.geteuid?.()) throw new Error(`${path} is not a file of ours`);
  if (stats.size !== bytes) throw new Error(`${path} has ${stats.size} bytes, not ${bytes}`);
  return stats.blocks * 512;
}
