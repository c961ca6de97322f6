import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CopyFileRequest } from '@hako/agent-protocol';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { CopiedFiles } from './copied-files.ts';

let root: string;
let files: CopiedFiles;

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'copied-')));
  onTestFinished(() => rmSync(root, { recursive: true }));
  files = new CopiedFiles(root);
});

const copy = (path: string, init: Parameters<typeof CopyFileRequest.create>[0]): void =>
  files.copy(CopyFileRequest.create({ path: join(root, path), dirMode: 0o40750, ...init }));
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test('a file comes in pieces and is there when it is whole', () => {
  const { uid, gid } = statSync(root);
  const common = { fileSize: 9n, fileMode: 0o104640, uid, gid };
  copy('a/b/file', { ...common, offset: 0n, data: bytes('one') });
  copy('a/b/file', { ...common, offset: 3n, data: bytes('two') });
  expect(readdirSync(join(root, 'a/b'))).toEqual(['.hako-copy-1']);
  copy('a/b/file', { ...common, offset: 6n, data: bytes('tri') });
  expect(readdirSync(join(root, 'a/b'))).toEqual(['file']);
  expect(readFileSync(join(root, 'a/b/file'), 'utf8')).toBe('onetwotri');
  expect(statSync(join(root, 'a/b/file')).mode & 0o7777).toBe(0o4640);
  expect(statSync(join(root, 'a/b')).mode & 0o7777).toBe(0o750);
});

test('an empty file, folders, links, and new ones in the place of old ones', () => {
  copy('empty', { fileMode: 0o100600 });
  expect(statSync(join(root, 'empty')).size).toBe(0);
  copy('folder', { fileMode: 0o40711 });
  copy('folder', { fileMode: 0o41777 });
  expect(statSync(join(root, 'folder')).mode & 0o7777).toBe(0o1777);
  copy('folder/link', { fileMode: 0o120777, data: bytes('../empty') });
  copy('folder/link', { fileMode: 0o120777, data: bytes('/etc/passwd') });
  expect(readlinkSync(join(root, 'folder/link'))).toBe('/etc/passwd');
  // A file takes a link's place, and does not write through it.
  copy('folder/link', { fileMode: 0o100600, fileSize: 3n, data: bytes('new') });
  expect(lstatSync(join(root, 'folder/link')).isFile()).toBe(true);
  expect(readdirSync(join(root, 'folder'))).toEqual(['link']);
});

test('nothing leaves the root: neither by name, nor through a link that a container planted', () => {
  const outside = mkdtempSync(join(tmpdir(), 'outside-'));
  onTestFinished(() => rmSync(outside, { recursive: true }));
  mkdirSync(join(root, 'of-a-container'));
  symlinkSync(outside, join(root, 'of-a-container/link'));
  writeFileSync(join(root, 'file'), '');
  for (const path of ['of-a-container/link/file', 'of-a-container/link/new/file', 'file/below']) {
    expect(() => copy(path, { fileSize: 1n, data: bytes('x') })).toThrow(/is no folder/);
  }
  for (const path of ['../x', 'a/../../x', '/etc/x']) {
    expect(() =>
      files.copy(CopyFileRequest.create({ path: path.startsWith('/') ? path : `${root}/${path}` })),
    ).toThrow(/is not below/);
  }
  expect(readdirSync(outside)).toEqual([]);
});

test('a piece that is no part of its file is refused', () => {
  for (const wrong of [
    { offset: 2n, fileSize: 2n, data: bytes('x') },
    { offset: -1n, fileSize: 2n },
    { fileSize: -1n },
  ]) {
    expect(() => copy('file', wrong)).toThrow(/are no part of a file/);
  }
  expect(readdirSync(root)).toEqual([]);
});
