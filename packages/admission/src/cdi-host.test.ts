import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { cdiHost } from './cdi-host.ts';

const folder = mkdtempSync(join(tmpdir(), 'hako-cdi-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('files of all folders that are there, none of other names, none of folders below', () => {
  const [first, second] = [join(folder, 'a'), join(folder, 'b')];
  mkdirSync(join(first, 'sub.json'), { recursive: true });
  mkdirSync(second);
  for (const name of ['y.yaml', 'x.json', 'z.yml', 'json']) writeFileSync(join(first, name), name);
  symlinkSync(join(folder, 'nowhere'), join(second, 'gone.json'));
  const host = cdiHost([first, join(folder, 'none'), second]);
  expect(host.files()).toEqual([
    { path: join(first, 'x.json'), rank: 0, text: Buffer.from('x.json') },
    { path: join(first, 'y.yaml'), rank: 0, text: Buffer.from('y.yaml') },
    { path: join(second, 'gone.json'), rank: 2, text: { error: expect.stringContaining('ENOENT') } },
  ]);
  expect(cdiHost([join(first, 'x.json')]).files()).toEqual([
    { path: join(first, 'x.json'), rank: 0, text: { error: expect.stringContaining('ENOTDIR') } },
  ]);
});

test('a character device is told by its numbers, anything else is none', () => {
  const { characterDevice } = cdiHost([]);
  symlinkSync('/dev/null', join(folder, 'null'));
  expect(characterDevice('/dev/null')).toEqual({ major: 1, minor: 3 });
  for (const path of [folder, join(folder, 'none'), join(folder, 'null')])
    expect(characterDevice(path)).toBeUndefined();
});
