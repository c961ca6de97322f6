import {
  chmodSync,
  chownSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  type Stats,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { AgentError } from '../agent-error.ts';

/** What Kubernetes puts into such folders is less: 1 MiB for each ConfigMap and Secret. */
const maxEntries = 512;
const maxBytes = 8 * 1024 * 1024;

const permissionBits = 0o7777;

type Kind = 'folder' | 'file' | 'link';

interface Entry {
  readonly kind: Kind;
  /** Differs when the entry has changed. */
  readonly signature: string;
  readonly stats: Stats;
}

/**
 * A copy of a small folder that is brought up to date from time to time. In the copy the kernel tells who watches of each
 * change, which it cannot do where the host changes a shared folder. New files come first and links after them, each
 * by a rename, so that who follows a link (Kubernetes' `..data`) finds all that belongs to it.
 */
export class FolderMirror {
  readonly #source: string;
  readonly #target: string;
  #present = new Map<string, Entry>();

  constructor(source: string, target: string) {
    this.#source = source;
    this.#target = target;
  }

  /**
   * Copies what has changed and removes what is gone.
   *
   * Throws AgentError `failed-precondition` for a folder that is too large, and what the kernel says.
   */
  update(): void {
    const wanted = entriesOf(this.#source);
    for (const [path, { kind }] of this.#present) {
      if (kind !== (wanted.get(path)?.kind ?? kind)) this.#remove(path);
    }
    for (const kind of ['folder', 'file', 'link'] as const) {
      for (const [path, entry] of wanted) {
        if (entry.kind !== kind || this.#present.get(path)?.signature === entry.signature) continue;
        this.#write(path, entry);
        this.#present.set(path, entry);
      }
    }
    for (const path of [...this.#present.keys()].reverse()) if (!wanted.has(path)) this.#remove(path);
  }

  #remove(path: string): void {
    rmSync(`${this.#target}/${path}`, { recursive: true, force: true });
    for (const other of this.#present.keys()) {
      if (other === path || other.startsWith(`${path}/`)) this.#present.delete(other);
    }
  }

  #write(path: string, { kind, stats }: Entry): void {
    const from = `${this.#source}/${path}`;
    const to = `${this.#target}/${path}`;
    if (kind === 'folder') {
      mkdirSync(to, { recursive: true });
      chownSync(to, stats.uid, stats.gid);
      chmodSync(to, stats.mode & permissionBits);
      return;
    }
    const beside = `${this.#target}/..hako-new`;
    rmSync(beside, { force: true });
    if (kind === 'link') {
      symlinkSync(readlinkSync(from), beside);
      lchownSync(beside, stats.uid, stats.gid);
    } else {
      writeFileSync(beside, readFileSync(from), { mode: 0o600 });
      chownSync(beside, stats.uid, stats.gid);
      chmodSync(beside, stats.mode & permissionBits);
    }
    renameSync(beside, to);
  }
}

/** Folders before what is in them; what is neither folder, file nor link is left out. */
function entriesOf(root: string): Map<string, Entry> {
  const found = new Map<string, Entry>();
  let bytes = 0;
  const look = (folder: string): void => {
    for (const name of readdirSync(folder === '' ? root : `${root}/${folder}`)) {
      const path = folder === '' ? name : `${folder}/${name}`;
      const stats = lstatSync(`${root}/${path}`);
      const kind = kindOf(stats);
      if (kind === undefined) continue;
      bytes += kind === 'file' ? stats.size : 0;
      if (found.size >= maxEntries || bytes > maxBytes) throw tooLarge(root);
      const { mode, uid, gid, ino, mtimeMs, size } = stats;
      const content = kind === 'folder' ? [] : [ino, mtimeMs, size];
      found.set(path, { kind, stats, signature: [mode, uid, gid, ...content].join() });
      if (kind === 'folder') look(path);
    }
  };
  look('');
  return found;
}

function kindOf(stats: Stats): Kind | undefined {
  if (stats.isDirectory()) return 'folder';
  if (stats.isFile()) return 'file';
  return stats.isSymbolicLink() ? 'link' : undefined;
}

function tooLarge(path: string): AgentError {
  return new AgentError(
    'failed-precondition',
    `${path} has more than ${maxEntries} entries or ${maxBytes / 1024 / 1024} MiB, too much to be copied`,
    { facts: { path } },
  );
}
