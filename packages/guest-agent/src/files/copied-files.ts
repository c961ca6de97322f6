import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  lchownSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, normalize, relative } from 'node:path';
import type { CopyFileRequest } from '@hako/agent-protocol';
import { AgentError } from '../agent-error.ts';
import { inFolderBeneath } from './folder-beneath.ts';

const S_IFMT = 0o170000;
const S_IFDIR = 0o040000;
const S_IFLNK = 0o120000;
const permissionBits = 0o7777;
const usualDirMode = 0o755;

const { O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW } = constants;

/**
 * Files that the host copies into the guest, where nothing is shared (CopyFile). A file comes in pieces beside its place
 * and takes it when it is whole, so that nobody sees half of one, nor a moment without it.
 */
export class CopiedFiles {
  readonly #root: string;
  /** Names, beside their places, of files that are not whole yet; by path. */
  readonly #parts = new Map<string, string>();
  #made = 0;

  /** @param root all that is copied lies below */
  constructor(root: string) {
    this.#root = root;
  }

  /** Takes a file's piece, a folder, or a link. Throws AgentError `invalid-argument`. */
  copy(request: CopyFileRequest): void {
    const path = normalize(request.path);
    if (!path.startsWith(`${this.#root}/`) || path.includes('\0')) {
      throw new AgentError('invalid-argument', `${JSON.stringify(request.path)} is not below ${this.#root}`, {
        facts: { path: request.path },
      });
    }
    const dirMode = request.dirMode & permissionBits || usualDirMode;
    const inFolder = (folder: string): void => {
      const place = `${folder}/${basename(path)}`;
      switch (request.fileMode & S_IFMT) {
        case S_IFDIR:
          makeFolder(place, request);
          break;
        case S_IFLNK:
          this.#makeLink(folder, place, request);
          break;
        default:
          this.#addPiece(folder, path, request);
      }
    };
    mkdirSync(this.#root, { recursive: true });
    inFolderBeneath(this.#root, relative(this.#root, dirname(path)), inFolder, dirMode);
  }

  #makeLink(folder: string, place: string, { data, uid, gid }: CopyFileRequest): void {
    const beside = `${folder}/${this.#nextName()}`;
    symlinkSync(new TextDecoder().decode(data), beside);
    try {
      lchownSync(beside, uid, gid);
      renameSync(beside, place);
    } catch (error) {
      rmSync(beside, { force: true });
      throw error;
    }
  }

  #addPiece(folder: string, path: string, request: CopyFileRequest): void {
    const { fileSize, offset, data } = request;
    if (offset < 0n || fileSize < 0n || offset + BigInt(data.length) > fileSize) {
      throw new AgentError(
        'invalid-argument',
        `${data.length} bytes at ${offset} are no part of a file of ${fileSize} bytes`,
        { facts: { path } },
      );
    }
    const name = this.#parts.get(path) ?? this.#nextName();
    this.#parts.set(path, name);
    const part = `${folder}/${name}`;
    try {
      writePiece(part, Number(offset), data);
      if (BigInt(statSync(part).size) !== fileSize) return;
      chownSync(part, request.uid, request.gid);
      // After chown, which takes the bits of setuid away.
      chmodSync(part, request.fileMode & permissionBits);
      renameSync(part, `${folder}/${basename(path)}`);
      this.#parts.delete(path);
    } catch (error) {
      this.#parts.delete(path);
      rmSync(part, { force: true });
      throw error;
    }
  }

  #nextName(): string {
    this.#made += 1;
    return `.hako-copy-${this.#made}`;
  }
}

function makeFolder(place: string, { fileMode, uid, gid }: CopyFileRequest): void {
  try {
    mkdirSync(place);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !lstatSync(place).isDirectory()) throw error;
  }
  chownSync(place, uid, gid);
  chmodSync(place, fileMode & permissionBits);
}

function writePiece(part: string, offset: number, data: Uint8Array): void {
  const fd = openSync(part, O_WRONLY | O_CREAT | O_NOFOLLOW | (offset === 0 ? O_TRUNC : 0), 0o600);
  try {
    for (let at = 0; at < data.length; ) at += writeSync(fd, data, at, data.length - at, offset + at);
  } finally {
    closeSync(fd);
  }
}
