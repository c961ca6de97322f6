import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { boolean, list, matches, name, object, oneOf, type Shape, text } from '@hako/shape';
import { qemuError } from '../qemu-error.ts';
import type { Emulation } from './accelerator.ts';

/** What a probe found out about one kernel under one QEMU. */
export interface ProbeAnswer {
  /** Names kernel, probe guest and QEMU (see probeKey). */
  readonly key: string;
  /** True when the kernel booted under KVM. */
  readonly works: boolean;
  /** What was tried and what came of it, for people. */
  readonly reason: string;
  /** How this QEMU emulates. */
  readonly emulation: Emulation;
  /** ISO 8601. */
  readonly probedAt: string;
}

/** Of the file's form. It is in the file's name as well: an older hako beside this one keeps its own answers. */
const version = '2';

interface ProbeFile {
  readonly version: typeof version;
  /** Boot of the host that the answers hold for: a new boot may have another kernel, other settings, another machine. */
  readonly bootId: string;
  readonly answers: readonly ProbeAnswer[];
}

const shape: Shape<ProbeFile> = object<ProbeFile>(
  {
    version: oneOf([version]),
    bootId: name,
    answers: list(
      object<ProbeAnswer>(
        { key: name, works: boolean, reason: text, emulation: oneOf(['tcg', 'tcg-single']), probedAt: text },
        { key: true, works: true, reason: true, emulation: true, probedAt: true },
      ),
    ),
  },
  { version: true, bootId: true, answers: true },
);

/** More kernels than anybody uses at once; older answers are dropped. */
const maxAnswers = 32;

/** Identity of the files that a probe is about. Cheap, so that a remembered answer costs a few stat calls. */
export async function probeKey(paths: readonly string[]): Promise<string> {
  const identities = await Promise.all(
    paths.map(async (path) => {
      const { dev, ino, size, mtimeNs } = await stat(path, { bigint: true });
      return `${dev}:${ino}:${size}:${mtimeNs}`;
    }),
  );
  return identities.join(' ');
}

export async function currentBootId(): Promise<string> {
  return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
}

/** Answers of this boot of the host, in `<directory>/accelerator.<version>.json`. */
export class ProbeStore {
  readonly directory: string;
  readonly #bootId: string;

  constructor(directory: string, bootId: string) {
    this.directory = directory;
    this.#bootId = bootId;
  }

  get lockPath(): string {
    return join(this.directory, 'accelerator.lock');
  }

  get #path(): string {
    return join(this.directory, `accelerator.${version}.json`);
  }

  /**
   * Makes the directory if need be. Rejects with QemuError `host-not-ready` when somebody else could write answers there.
   */
  async prepare(): Promise<void> {
    await mkdir(this.directory, { recursive: true, mode: 0o700 });
    const { uid, mode } = await stat(this.directory);
    if (uid === process.getuid?.() && (mode & 0o022) === 0) return;
    throw qemuError(
      'host-not-ready',
      `${this.directory} must belong to the user who starts VMs and be writable for nobody else`,
    );
  }

  async find(key: string): Promise<ProbeAnswer | undefined> {
    return (await this.#read()).find((answer) => answer.key === key);
  }

  /** Call with the lock held. The file is replaced as a whole. */
  async remember(answer: ProbeAnswer): Promise<void> {
    const others = (await this.#read()).filter(({ key }) => key !== answer.key);
    const file: ProbeFile = {
      version,
      bootId: this.#bootId,
      answers: [...others, answer].slice(-maxAnswers),
    };
    const temporary = join(this.directory, `.accelerator.${version}.json.${process.pid}`);
    await writeFile(temporary, `${JSON.stringify(file, null, 2)}\n`, { mode: 0o600 });
    await rename(temporary, this.#path);
  }

  /** A file that is missing, damaged or of another boot holds no answers: the worst that follows is another probe. */
  async #read(): Promise<readonly ProbeAnswer[]> {
    try {
      const value: unknown = JSON.parse(await readFile(this.#path, 'utf8'));
      return matches(shape, value) && value.bootId === this.#bootId ? value.answers : [];
    } catch {
      return [];
    }
  }
}
