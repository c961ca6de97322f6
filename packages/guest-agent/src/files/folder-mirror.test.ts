import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { FolderMirror } from './folder-mirror.ts';

let source: string;
let target: string;
let mirror: FolderMirror;

beforeEach(() => {
  const dir = mkdtempSync(join(tmpdir(), 'mirror-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  source = join(dir, 'source');
  target = join(dir, 'target');
  for (const path of [source, target]) mkdirSync(path);
  mirror = new FolderMirror(source, target);
});

/** As kubelet replaces a version of a ConfigMap: all at once, by a link. */
function project(version: string, files: Readonly<Record<string, string>>): void {
  mkdirSync(join(source, `..${version}`));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(source, `..${version}`, name), text);
  symlinkSync(`..${version}`, join(source, '..data_tmp'));
  renameSync(join(source, '..data_tmp'), join(source, '..data'));
}

test('follows the versions of a ConfigMap', () => {
  symlinkSync('..data/key', join(source, 'key'));
  project('v1', { key: 'one', gone: 'x' });
  chmodSync(join(source, '..v1/key'), 0o640);
  mirror.update();
  expect(readFileSync(join(target, 'key'), 'utf8')).toBe('one');
  expect(statSync(join(target, 'key')).mode & 0o777).toBe(0o640);
  project('v2', { key: 'two' });
  rmSync(join(source, '..v1'), { recursive: true });
  mirror.update();
  expect(readFileSync(join(target, 'key'), 'utf8')).toBe('two');
  expect(readdirSync(target).sort()).toEqual(['..data', '..v2', 'key']);
  expect(readdirSync(join(target, '..v2'))).toEqual(['key']);
});

test('touches nothing that has not changed, and replaces what became something else', () => {
  writeFileSync(join(source, 'a'), 'a');
  writeFileSync(join(source, 'b'), 'b');
  mirror.update();
  const { ino } = statSync(join(target, 'a'));
  writeFileSync(join(source, 'b'), 'bb');
  mirror.update();
  expect(statSync(join(target, 'a')).ino).toBe(ino);
  expect(readFileSync(join(target, 'b'), 'utf8')).toBe('bb');
  rmSync(join(source, 'b'));
  mkdirSync(join(source, 'b'));
  writeFileSync(join(source, 'b/c'), 'c');
  mirror.update();
  expect(readFileSync(join(target, 'b/c'), 'utf8')).toBe('c');
  rmSync(join(source, 'b'), { recursive: true });
  symlinkSync('a', join(source, 'b'));
  mirror.update();
  expect(readFileSync(join(target, 'b'), 'utf8')).toBe('a');
});

test('copies nothing of a folder that is too large', () => {
  writeFileSync(join(source, 'large'), '');
  truncateSync(join(source, 'large'), 9 * 1024 * 1024);
  expect(() => mirror.update()).toThrow(/more than 512 entries or 8 MiB/);
  expect(existsSync(join(target, 'large'))).toBe(false);
});
