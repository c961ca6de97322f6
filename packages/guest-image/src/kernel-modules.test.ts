import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { KernelModules, moduleAliases, withoutSignature } from './kernel-modules.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'modules-'));
  mkdirSync(join(dir, 'kernel/drivers'), { recursive: true });
  const module = (name: string, depends: string): void => {
    writeFileSync(
      join(dir, 'kernel/drivers', `${name}.ko`),
      `\x7fELF\0license=GPL\0depends=${depends}\0name=${name}\0`,
    );
  };
  module('virtio-ring', '');
  module('virtio', 'virtio-ring');
  module('virtio_blk', 'virtio,virtio-ring,blk-mq');
  writeFileSync(join(dir, 'modules.builtin'), 'kernel/block/blk-mq.ko\n');
});
afterEach(() => {
  rmSync(dir, { recursive: true });
});

const noXz = (): Promise<Buffer> => Promise.reject(new Error('nothing is compressed here'));

test('a module comes after all that it needs, and built-in ones are left out', async () => {
  const modules = await new KernelModules(dir, noXz).inLoadOrder(['virtio-blk', 'virtio']);
  expect(modules.map(({ name, dependencies }) => [name, dependencies])).toEqual([
    ['virtio_ring', []],
    ['virtio', ['virtio_ring']],
    ['virtio_blk', ['virtio_ring', 'virtio']],
  ]);
});

test('a module that the kernel lacks is named', async () => {
  await expect(new KernelModules(dir, noXz).inLoadOrder(['nosuch'])).rejects.toMatchObject({
    code: 'not-in-package',
    facts: { path: 'nosuch' },
  });
});

test('only a signature is cut off', () => {
  const content = Buffer.from('module');
  const size = Buffer.alloc(4);
  size.writeUInt32BE(9);
  const signed = Buffer.concat([
    content,
    Buffer.from('signature'),
    Buffer.alloc(8),
    size,
    Buffer.from('~Module signature appended~\n'),
  ]);
  expect(withoutSignature(signed)).toEqual(content);
  expect(withoutSignature(content)).toEqual(content);
});

test('other names of a module, but for those of hardware other than PCI devices', () => {
  const info =
    '\0alias=ipt_conntrack\0license=GPL\0alias=xt_conntrack\0alias=pci:v00001AF4d*sv*\0alias=virtio:d00000001v*\0';
  expect(moduleAliases(Buffer.from(`\x7fELF${info}`))).toEqual([
    'ipt_conntrack',
    'xt_conntrack',
    'pci:v00001AF4d*sv*',
  ]);
  expect(moduleAliases(Buffer.from('\x7fELF'))).toEqual([]);
});
