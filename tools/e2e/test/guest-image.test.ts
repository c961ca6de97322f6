import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLine } from '@hako/bundles/toml-line';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { guestFolder } from '../src/paths.ts';
import { Workbench } from '../src/workbench.ts';

let bench: Workbench;
beforeAll(() => {
  bench = new Workbench();
});
afterAll(() => bench.close());

const hashOf = (name: string) =>
  createHash('sha256')
    .update(readFileSync(join(guestFolder, name)))
    .digest('hex');

/** Settings, the file that has the guest's programs and modules, and what the guest's kernel says of the device that it is on. */
const kinds: readonly [string, readonly string[], string, string][] = [
  ['a disk', [], 'hako-guest.img', 'vda read-only\n'],
  ['an NVDIMM', ['vm_rootfs_driver = "nvdimm"'], 'hako-guest.img', 'pmem0 read-only\n'],
  [
    'an NVDIMM of a machine that gets no further memory',
    ['vm_rootfs_driver = "nvdimm"', 'default_maxmemory = 256'],
    'hako-guest.img',
    'pmem0 read-only\n',
  ],
  [
    'an initrd with all of it',
    ['image = ""', `initrd = "${guestFolder}/hako-guest-initrd.img"`],
    'hako-guest-initrd.img',
    '',
  ],
];

test.each(kinds)('the guest boots from %s, which no guest can change', async (_kind, lines, file, device) => {
  const before = hashOf(file);
  const configuration = bench.configuration((text) =>
    // A module that only the image has, with what it needs.
    withLine(
      lines.reduce((all, line) => withLine(all, line), text),
      'kernel_modules = ["loop"]',
      'agent.kata',
    ),
  );
  const script = [
    'grep -o "^loop " /proc/modules',
    'for name in vda pmem0; do [ ! -e /sys/block/$name ] || { grep -q 1 /sys/block/$name/ro && echo "$name read-only"; }; done',
  ].join('; ');
  const bundle = bench.bundle(['sh', '-c', script], {
    extra: {
      mounts: [
        { destination: '/proc', type: 'proc', source: 'proc' },
        { destination: '/sys', type: 'sysfs', source: 'sysfs', options: ['ro'] },
      ],
    },
  });
  const { stdout, exitCode } = await bench.hako([
    '--config',
    configuration,
    'run',
    '--bundle',
    bundle,
    'guest',
  ]);
  expect({ stdout, exitCode }).toEqual({ stdout: `loop \n${device}`, exitCode: 0 });
  expect(hashOf(file)).toBe(before);
  expect(bench.leftovers()).toEqual([]);
});
