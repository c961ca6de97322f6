import { execFileSync } from 'node:child_process';
import { readdirSync, readlinkSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLine } from '@hako/bundles/toml-line';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { NetworkStage, page } from '../src/network-stage.ts';
import { memberBundle, sandboxBundle } from '../src/pod-bundle.ts';
import { until } from '../src/until.ts';
import { Workbench } from '../src/workbench.ts';

const mib = 1024 * 1024;
/** With it a container reaches the devices of its machine. */
const sysfs = { destination: '/sys', type: 'sysfs', source: 'sysfs' };

let bench: Workbench;
let file: string;
let device: string;

beforeAll(() => {
  bench = new Workbench();
  file = join(bench.folder, 'disk.img');
  writeFileSync(file, 'shared');
  truncateSync(file, 8 * mib);
  device = execFileSync('losetup', ['--find', '--show', file], { encoding: 'utf8' }).trim();
});
afterAll(async () => {
  await bench.close();
  execFileSync('losetup', ['--detach', device]);
});

/** Switches off the slot of a device, given by its folder in sysfs: its ACPI ejects it, and QEMU deletes it. */
function eject(folder: string): string {
  return [
    `address=$(basename $(readlink -f ${folder}))`,
    'slot=$(grep -l "^${address%.*}$" /sys/bus/pci/slots/*/address)',
    'echo 0 > ${slot%/address}/power',
  ].join('; ');
}

async function succeed(args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await bench.detached(args);
  expect({ args, exitCode, stderr }).toEqual({ args, exitCode: 0, stderr: expect.any(String) });
  return stdout;
}

function diskOf(access: string): object {
  const { rdev } = statSync(device);
  const [major, minor] = [(rdev >> 8) & 0xfff, rdev & 0xff];
  return {
    devices: [{ path: '/dev/data', type: 'b', major, minor }],
    resources: { devices: [{ allow: true, type: 'b', major, minor, access }] },
  };
}

const ways = [
  // The guest's kernel forgets it; the machine has it still.
  ['virtio-blk', 'forgets', 'echo 1 > $(readlink -f /sys/class/block/vdb/device/..)/remove'],
  ['virtio-blk', 'ejects', eject('/sys/class/block/vdb/device/..')],
  ['virtio-scsi', 'forgets', 'echo 1 > /sys/class/block/sda/device/delete'],
] as const;

test.each(ways)(
  'a disk on %s that the guest %s comes again with the next container, and all go',
  async (driver, _, script) => {
    const config = bench.configuration((text) => withLine(text, `block_device_driver = "${driver}"`));
    const args = ['sleep', '1000'];
    const start = async (id: string, bundle: string) => {
      await succeed(['--config', config, 'create', '--bundle', bundle, id]);
      await succeed(['start', id]);
    };
    const member = () =>
      memberBundle(bench, { sandboxId: 'pod', args, linux: diskOf('rwm'), mounts: [sysfs] });
    await start('pod', sandboxBundle(bench, { sandboxId: 'pod', args }));
    await start('one', member());
    await succeed(['exec', 'one', 'sh', '-c', `${script} && ! head -c 1 /dev/data`]);
    await start('two', member());
    expect(await succeed(['exec', 'two', 'head', '-c', '6', '/dev/data'])).toBe('shared');
    await succeed(['delete', '--force', 'one']);
    expect(await succeed(['exec', 'two', 'head', '-c', '6', '/dev/data'])).toBe('shared');
    await succeed(['delete', '--force', 'two']);
    // No descriptor of it stays in QEMU.
    const qemu = `/proc/${bench.pidOf('pod', 'qemu')}/fd`;
    expect(readdirSync(qemu).map((fd) => readlinkSync(join(qemu, fd)))).not.toContain(device);
    await succeed(['delete', '--force', 'pod']);
    expect(bench.leftovers()).toEqual([]);
  },
);

test('a card that the guest ejects comes back, as the namespace has its interface; a container whose card is gone is deleted', async () => {
  const stage = new NetworkStage(bench.folder);
  try {
    stage.link('eth0', 77);
    await stage.serve();
    const others = ['pid', 'ipc', 'uts', 'mount'].map((type) => ({ type }));
    const bundle = bench.bundle(['sleep', '1000'], {
      extra: {
        mounts: [{ destination: '/proc', type: 'proc', source: 'proc' }, sysfs],
        linux: { namespaces: [...others, { type: 'network', path: stage.path }] },
      },
    });
    await succeed(['run', '--detach', '--bundle', bundle, 'net']);
    const seen = async () => {
      const { stdout } = await bench.hako(['exec', 'net', 'cat', '/sys/class/net/eth0/ifindex']);
      return stdout.trim();
    };
    const first = await seen();
    // The tap has lost its card then, which a watch of the namespace sees.
    await succeed(['exec', 'net', 'sh', '-c', eject('/sys/class/net/eth0/device/..')]);
    await until(async () => ![first, ''].includes(await seen()), 'another card has come');
    stage.ip('address', 'add', '10.77.0.3/24', 'dev', 'eth0');
    const addresses = () => succeed(['exec', 'net', 'ip', 'addr']);
    await until(async () => (await addresses()).includes('inet 10.77.0.3/24'), 'changes reach it');
    expect(await succeed(['exec', 'net', 'wget', '-q', '-O', '-', 'http://10.77.0.1/'])).toBe(page);
    await succeed(['exec', 'net', 'sh', '-c', eject('/sys/class/net/eth0/device/..')]);
    await succeed(['delete', '--force', 'net']);
    expect(bench.leftovers()).toEqual([]);
    expect(`${stage.ip('-br', 'link')}${stage.tc('qdisc')}`).not.toMatch(/htap|ingress/);
  } finally {
    await stage.close();
  }
});
