import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ElfDynamic } from './elf-dynamic.ts';

test('crun runs without the library that was dropped', () => {
  const file = readFileSync('/usr/bin/crun');
  const dynamic = ElfDynamic.read(file);
  expect(dynamic?.needed).toContain('libsystemd.so.0');
  dynamic?.dropLibrary('libsystemd.so.0');
  expect(dynamic?.needed).toContain('libc.so.6');
  expect(ElfDynamic.read(file)?.needed).not.toContain('libsystemd.so.0');

  const dir = mkdtempSync(join(tmpdir(), 'crun-'));
  const path = join(dir, 'crun');
  writeFileSync(path, file, { mode: 0o755 });
  const { status, stdout, stderr } = spawnSync(path, ['--version'], {
    encoding: 'utf8',
    env: { LD_TRACE_PRELINKING: '' },
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toContain('crun version');
  const libraries = spawnSync(path, [], { encoding: 'utf8', env: { LD_TRACE_LOADED_OBJECTS: '1' } }).stdout;
  expect(libraries).toContain('libc.so.6');
  expect(libraries).not.toContain('libsystemd');
  rmSync(dir, { recursive: true });
});

test('what is no dynamic ELF file has no dynamic section', () => {
  expect(ElfDynamic.read(Buffer.from('#!/bin/sh\n'))).toBeUndefined();
  expect(ElfDynamic.read(readFileSync('/bin/busybox'))).toBeUndefined();
});
