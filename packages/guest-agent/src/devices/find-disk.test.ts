import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { findNamedDisk, findPciDisk, findScsiDisk, findSerialDisk } from './find-disk.ts';

/** Folders of a machine: `dirs` in /sys, files in /dev. */
function machine(dirs: readonly string[], files: readonly string[]): readonly [sys: string, dev: string] {
  const root = mkdtempSync(join(tmpdir(), 'find-disk-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, 'dev'));
  for (const dir of dirs) mkdirSync(join(root, 'sys', dir), { recursive: true });
  for (const file of files) writeFileSync(join(root, 'dev', file), '');
  return [join(root, 'sys'), join(root, 'dev')];
}

const bridge = 'devices/pci0000:00/0000:00:02.0';

test('a virtio-blk disk is found by its slots, whatever numbers the buses got', () => {
  const [sys, dev] = machine(
    [`${bridge}/0000:07:01.0/virtio5/block/vdb`, `${bridge}/0000:07:11.0/virtio6/block/vdc`],
    ['vdb', 'vdc'],
  );
  expect(findPciDisk('02/01', sys, dev)).toBe(`${dev}/vdb`);
  expect(findPciDisk('02/11', sys, dev)).toBe(`${dev}/vdc`);
  expect(findPciDisk('02.0/01.0', sys, dev)).toBe(`${dev}/vdb`);
  expect(findPciDisk('02/02', sys, dev)).toBeUndefined();
  expect(findPciDisk('03/01', sys, dev)).toBeUndefined();
});

test('one whose file is not there yet is not found', () => {
  const [sys, dev] = machine([`${bridge}/0000:01:01.0/virtio5/block/vdb`], []);
  expect(findPciDisk('02/01', sys, dev)).toBeUndefined();
});

test('a SCSI disk is found by target and unit on any host', () => {
  const [sys, dev] = machine(
    ['bus/scsi/devices/host2', 'bus/scsi/devices/2:0:0:1/block/sdb', 'bus/scsi/devices/2:0:10:1/block/sdc'],
    ['sdb', 'sdc'],
  );
  expect(findScsiDisk('0:1', sys, dev)).toBe(`${dev}/sdb`);
  expect(findScsiDisk('10:1', sys, dev)).toBe(`${dev}/sdc`);
  expect(findScsiDisk('0:2', sys, dev)).toBeUndefined();
});

test('a virtio-mmio disk is found by what it says of itself, whatever its name', () => {
  const [sys, dev] = machine(
    ['class/block/vda', 'class/block/vdb', 'class/block/vdc', 'class/block/vdd', 'class/block/sda'],
    ['vda', 'vdb', 'vdc'],
  );
  for (const [name, serial] of [
    ['vda', 'disk2'],
    ['vdb', 'disk1\n'],
    ['vdc', ''],
    ['vdd', 'disk3'],
  ] as const)
    writeFileSync(join(sys, 'class/block', name, 'serial'), serial);
  expect(findSerialDisk('disk1', sys, dev)).toBe(`${dev}/vdb`);
  expect(findSerialDisk('disk2', sys, dev)).toBe(`${dev}/vda`);
  // Its file is not there yet.
  expect(findSerialDisk('disk3', sys, dev)).toBeUndefined();
  expect(findSerialDisk('disk4', sys, dev)).toBeUndefined();
  expect(() => findSerialDisk('', sys, dev)).toThrow('is no serial number');
  expect(() => findSerialDisk('a/../b', sys, dev)).toThrow('is no serial number');
});

test.each(['', '../..', '2', '02/', '02/../01', '/02'])('%j is no PCI path', (path) => {
  expect(() => findPciDisk(path)).toThrow('is no path of PCI slots');
});

test('other addresses that are none are refused', () => {
  expect(() => findScsiDisk('0:0:1')).toThrow('is no SCSI address');
  expect(() => findNamedDisk('/dev/../etc/passwd')).toThrow('is no device file below /dev');
  expect(findNamedDisk('/dev/null')).toBe('/dev/null');
});
