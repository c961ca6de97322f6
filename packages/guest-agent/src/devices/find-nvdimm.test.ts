import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { findNvdimm } from './find-nvdimm.ts';

test('an NVDIMM is found by its number in the table, whatever names the kernel gave', () => {
  const root = mkdtempSync(join(tmpdir(), 'find-nvdimm-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const [sys, dev] = [join(root, 'sys'), join(root, 'dev')];
  const devices = join(sys, 'bus/nd/devices');
  const module = (name: string, handle: string) => {
    mkdirSync(join(devices, name, 'nfit'), { recursive: true });
    writeFileSync(join(devices, name, 'nfit/handle'), `${handle}\n`);
  };
  const region = (name: string, mapped: string, disk: string) => {
    mkdirSync(join(devices, name, 'namespace7.0/block', disk), { recursive: true });
    writeFileSync(join(devices, name, 'mapping0'), `${mapped},0,8388608,0\n`);
  };
  mkdirSync(dev);
  for (const disk of ['pmem0', 'pmem1']) writeFileSync(join(dev, disk), '');
  module('nmem0', '0xc');
  module('nmem1', '0xd');
  module('nmem2', '0xe');
  region('region0', 'nmem1', 'pmem0');
  region('region1', 'nmem0', 'pmem1');
  // Its file is not there yet.
  region('region2', 'nmem2', 'pmem2');
  expect(findNvdimm('12', sys, dev)).toBe(join(dev, 'pmem1'));
  expect(findNvdimm('13', sys, dev)).toBe(join(dev, 'pmem0'));
  expect(findNvdimm('14', sys, dev)).toBeUndefined();
  expect(findNvdimm('15', sys, dev)).toBeUndefined();
  expect(() => findNvdimm('pmem0', sys, dev)).toThrow('is no number of an NVDIMM');
});
