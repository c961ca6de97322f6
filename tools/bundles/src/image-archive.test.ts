import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { writeImageArchive } from './image-archive.ts';

test('writes an archive whose index names the image and whose blobs are those that it names', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'image-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const rootfs = join(folder, 'rootfs');
  mkdirSync(rootfs);
  writeFileSync(join(rootfs, 'file'), 'content');
  const archive = await writeImageArchive(join(folder, 'a'), 'localhost/x:1', rootfs, { command: ['sh'] });
  const read = (name: string) => execFileSync('tar', ['-xOf', archive, name], { encoding: 'utf8' });
  const blob = (digest: string) => `./blobs/sha256/${digest.replace('sha256:', '')}`;
  const [entry] = JSON.parse(read('./index.json')).manifests;
  expect(entry.annotations['io.containerd.image.name']).toBe('localhost/x:1');
  const manifest = JSON.parse(read(blob(entry.digest)));
  const config = JSON.parse(read(blob(manifest.config.digest)));
  expect(config.config.Cmd).toEqual(['sh']);
  expect(config.rootfs.diff_ids).toEqual([manifest.layers[0].digest]);
});
