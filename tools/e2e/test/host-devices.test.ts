import { join } from 'node:path';
import { withLine } from '@hako/bundles/toml-line';
import { FakeKubelet, GetPodResourcesResponse } from '@hako/kubelet/testing';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { hakoPath } from '../src/paths.ts';
import { runProgram } from '../src/run-program.ts';
import { Workbench } from '../src/workbench.ts';

// No host that these tests run on has a device to hand over: what is seen here is its absence, and all that comes before it is opened.
let bench: Workbench;
beforeAll(() => {
  bench = new Workbench();
});
afterAll(() => bench.close());
afterEach(() => {
  expect(bench.leftovers(), 'nothing half-made is left').toEqual([]);
});

const lines = (...added: readonly string[]): string =>
  bench.configuration((text) => added.reduce((all, line) => withLine(all, line), text));

const mounts = [
  { destination: '/proc', type: 'proc', source: 'proc' },
  { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'mode=755'] },
  { destination: '/sys', type: 'sysfs', source: 'sysfs', options: ['ro'] },
];

function bundle(script: string, ...paths: readonly string[]): string {
  const devices = paths.map((path) => ({ path, type: 'c', major: 511, minor: 1_048_575 }));
  return bench.bundle(['sh', '-c', script], {
    extra: { mounts, linux: { namespaces: [{ type: 'mount' }, { type: 'uts' }], devices } },
  });
}

test('a device of the host that is not there is refused, for what is wrong first', async () => {
  const group = bundle('true', '/dev/vfio/12');
  const run = (configuration: string) =>
    bench.hako(['--config', configuration, 'run', '--bundle', group, 'vfio']);
  expect((await run(lines())).stderr).toContain(
    'linux.devices[0]: /dev/vfio/12 is a device of the host, and cold_plug_vfio and hot_plug_vfio = "no-port"',
  );
  for (const key of ['cold_plug_vfio', 'hot_plug_vfio'])
    expect((await run(lines(`${key} = "root-port"`))).stderr).toContain(
      'linux.devices[0]: the host has no character device 511:1048575',
    );
  expect((await run(lines('cold_plug_vfio = "root-port"', 'hot_plug_vfio = "root-port"'))).stderr).toContain(
    'excludes cold_plug_vfio',
  );
  expect((await run(lines('cold_plug_vfio = "root-port"', 'machine_type = "pc"'))).stderr).toContain(
    'linux.devices[0]: the host has no character device 511:1048575',
  );
  const explained = await bench.hako(['--config', lines('cold_plug_vfio = "root-port"'), 'explain', group]);
  expect(explained.stdout + explained.stderr).toContain('linux.devices[0]: the host has no character device');
});

/** Shows a command a /sys in which group 12 of the IOMMU has a device, and its file the numbers of `bundle`; the host's stays as it is. */
const withDevice = `mount --make-rprivate /
for folder in dev/char bus/pci/devices kernel/iommu_groups; do mount -t tmpfs tmpfs /sys/$folder; done
mkdir -p /sys/dev/char/511:1048575 /sys/kernel/iommu_groups/12/devices/0000:3b:00.0 /sys/bus/pci/devices/0000:3b:00.0
echo DEVNAME=vfio/12 > /sys/dev/char/511:1048575/uevent
cd /sys/bus/pci/devices/0000:3b:00.0
echo 0x030000 > class
echo 0x0000383fe0000000 0x0000383fefffffff 0x000000000014220c > resource
ln -s /drivers/vfio-pci driver
ln -s ../../../../kernel/iommu_groups/12 iommu_group
exec "$@"`;

test.each([
  [
    'cold_plug_vfio',
    /-device vfio-pci,id=vfio0,host=0000:3b:00\.0,bus=rp0\S*: .*failed to open \/dev\/vfio\/12/,
  ],
  [
    'hot_plug_vfio',
    /linux\.devices\[0\]: 0000:3b:00\.0 cannot be handed to the virtual machine: .*failed to open \/dev\/vfio\/12/,
  ],
])('%s: QEMU is given the device, opens its group, and nothing stays when it cannot', async (key, said) => {
  const hako = [hakoPath, '--root', bench.stateRoot, '--config', lines(`${key} = "root-port"`)];
  const run = ['run', '--bundle', bundle('true', '/dev/vfio/12'), 'handed'];
  const result = await runProgram('unshare', ['--mount', 'sh', '-ec', withDevice, 'sh', ...hako, ...run]);
  expect(result.exitCode).toBe(1);
  expect(result.stderr).toMatch(said);
});

/** Shows it also a device of the Container Device Interface that stands for this group. */
const withCdi = `mount --make-rprivate /
mount -t tmpfs tmpfs /mnt
mkdir /mnt/upper /mnt/work
mount -t overlay -o lowerdir=/etc,upperdir=/mnt/upper,workdir=/mnt/work overlay /etc
mkdir -p /etc/cdi
cat > /etc/cdi/hako.yaml <<END
cdiVersion: 0.6.0
kind: hako.test/gpu
devices:
  - name: "0"
    containerEdits:
      deviceNodes: [{path: /dev/vfio/12, type: c, major: 511, minor: 1048575}]
END
${withDevice}`;

const ofPod = {
  'io.kubernetes.cri.container-type': 'sandbox',
  'io.kubernetes.cri.sandbox-name': 'web',
  'io.kubernetes.cri.sandbox-namespace': 'prod',
};
const annotation = { 'cdi.k8s.io/gpu': 'hako.test/gpu=0' };

test.each([
  ['an annotation of a container', annotation, false],
  ['an annotation of a pod', { ...ofPod, ...annotation }, false],
  ['the kubelet', ofPod, true],
])('%s names the device that the machine starts with', async (_who, annotations, isAsked) => {
  const socket = join(bench.folder, 'kubelet.sock');
  const containers = [{ name: 'app', devices: [{ resourceName: 'hako.test/gpu', deviceIds: ['0'] }] }];
  const get = (): Uint8Array => GetPodResourcesResponse.encode({ podResources: { containers } });
  const kubelet = isAsked ? await FakeKubelet.serve(socket, { get }) : undefined;
  try {
    const asks = isAsked ? `pod_resource_api_sock = "${socket}"` : '';
    const configuration = bench.configuration((text) =>
      withLine(withLine(text, 'cold_plug_vfio = "root-port"'), asks, 'runtime'),
    );
    const named = bench.bundle(['true'], { extra: { annotations } });
    const command = [hakoPath, '--root', bench.stateRoot, '--config', configuration];
    const run = ['run', '--bundle', named, 'named'];
    const result = await runProgram('unshare', ['--mount', 'sh', '-ec', withCdi, 'sh', ...command, ...run]);
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toMatch(
      /-device vfio-pci,id=vfio0,host=0000:3b:00\.0,bus=rp0\S*: .*failed to open \/dev\/vfio\/12/,
    );
  } finally {
    kubelet?.end();
  }
});

test('a machine has root ports, and a switch with ports, at known places', async () => {
  const configuration = lines('hot_plug_vfio = "switch-port"', 'pcie_root_port = 2', 'pcie_switch_port = 2');
  const script =
    'cd /sys/devices/pci0000:00; ls -d 0000:00:08.0 0000:00:09.0; cd 0000:00:0a.0; ls -d 0000:*/0000:*:0[01].0 | sed "s/0000:..://g"';
  const result = await bench.hako(['--config', configuration, 'run', '--bundle', bundle(script), 'ports']);
  expect(result.exitCode, result.stderr).toBe(0);
  expect(result.stdout.split('\n')).toEqual(['0000:00:08.0', '0000:00:09.0', '00.0/00.0', '00.0/01.0', '']);
});
