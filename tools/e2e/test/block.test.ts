import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { withLine } from '@hako/bundles/toml-line';
import { connectTask } from '@hako/shim/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { shimPath } from '../src/paths.ts';
import { memberBundle, sandboxBundle } from '../src/pod-bundle.ts';
import { image, Podman } from '../src/podman.ts';
import { runProgram } from '../src/run-program.ts';
import { Workbench } from '../src/workbench.ts';

const mib = 1024 * 1024;
let bench: Workbench;
const loops: string[] = [];
const descriptions: string[] = [];

/** A loop device over a new file with this text at its beginning. */
function loopDevice(name: string, text: string, options: readonly string[] = []) {
  const file = join(bench.folder, `${name}.img`);
  writeFileSync(file, text);
  truncateSync(file, 8 * mib);
  const device = execFileSync('losetup', ['--find', '--show', ...options, file], { encoding: 'utf8' }).trim();
  loops.push(device);
  const { rdev } = statSync(device);
  return { file, device, major: (rdev >> 8) & 0xfff, minor: rdev & 0xff };
}

/** Content of a file in an image of ext4. */
function fileIn(imageFile: string, path: string): string {
  return execFileSync('debugfs', ['-R', `cat ${path}`, imageFile], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

/** A volume that a CSI driver has described to be mounted by the guest. */
function directVolume(name: string) {
  const image = join(bench.folder, `${name}.ext4`);
  const [source, content] = ['mount', 'content'].map((kind) => join(bench.folder, `${name}-${kind}`)) as [
    string,
    string,
  ];
  for (const folder of [source, content]) mkdirSync(folder);
  writeFileSync(join(content, 'old'), 'written by the host\n');
  execFileSync('mke2fs', ['-q', '-t', 'ext4', '-d', content, image, '8m']);
  // Base64 for URLs, with its padding.
  const named = Buffer.from(source).toString('base64').replaceAll('+', '-').replaceAll('/', '_');
  const described = join('/run/kata-containers/shared/direct-volumes', named);
  mkdirSync(described, { recursive: true });
  descriptions.push(described);
  writeFileSync(
    join(described, 'mountInfo.json'),
    JSON.stringify({
      'volume-type': 'block',
      device: image,
      fstype: 'ext4',
      metadata: { fsGroup: '2000' },
      options: ['noatime'],
    }),
  );
  return { source, image };
}

beforeAll(() => {
  bench = new Workbench();
});
afterAll(async () => {
  await bench.close();
  for (const device of loops) execFileSync('losetup', ['--detach', device]);
  for (const folder of descriptions) rmSync(folder, { recursive: true });
});

test('block devices of config.json and of volumes are disks in the container', async () => {
  const plain = loopDevice('plain', 'plain');
  const readonly = loopDevice('readonly', 'readonly', ['--read-only']);
  const ruled = loopDevice('ruled', 'ruled');
  const volume = loopDevice('volume', 'volume');
  const shut = loopDevice('shut', 'no rule allows it');
  const direct = directVolume('direct');
  const node = ({ major, minor }: typeof plain, path: string) => ({
    path,
    type: 'b',
    major,
    minor,
    fileMode: 0o600,
    uid: 0,
    gid: 0,
  });
  const rule = ({ major, minor }: typeof plain, access: string) => ({
    allow: true,
    type: 'b',
    major,
    minor,
    access,
  });
  const script = [
    'for d in plain readonly ruled; do head -c 5 /dev/$d; echo " $(blockdev --getsize64 /dev/$d)"; done',
    'head -c 6 /disk; echo',
    // Each of these writes, or is refused.
    'for d in /dev/plain /dev/readonly /dev/ruled /disk; do printf W | dd of=$d conv=fsync 2>/dev/null && echo "wrote $d"; done',
    'head -c 1 /dev/shut 2>/dev/null || echo kept',
    'grep -o " /volume ext4 rw,[^ ]*noatime" /proc/mounts; stat -c %g /volume; cat /volume/old; echo new >/volume/new',
  ].join('\n');
  // The QEMU of another user gets their descriptors. A microvm starts with them.
  for (const [machine, driver, rootless] of [
    ['q35', 'virtio-blk', false],
    ['q35', 'virtio-scsi', false],
    ['q35', 'virtio-blk', true],
    ['q35', 'nvdimm', false],
    ['microvm', 'virtio-mmio', false],
    ['microvm', 'virtio-blk', false],
    ['microvm', 'virtio-scsi', true],
  ] as const) {
    const configuration = bench.configuration((text) =>
      [
        `machine_type = "${machine}"`,
        `block_device_driver = "${driver}"`,
        `enable_iothreads = ${driver !== 'virtio-mmio'}`,
        `rootless = ${rootless}`,
      ].reduce((all, line) => withLine(all, line), text),
    );
    for (const { file } of [plain, ruled, volume])
      execFileSync('dd', ['if=/dev/zero', `of=${file}`, 'bs=1', 'count=1', 'conv=notrunc'], {
        stdio: 'ignore',
      });
    for (const [{ device }, text] of [
      [plain, 'plain'],
      [ruled, 'ruled'],
      [volume, 'volume'],
    ] as const)
      execFileSync('dd', [`of=${device}`, 'conv=fsync'], {
        input: text,
        stdio: ['pipe', 'ignore', 'ignore'],
      });
    const bundle = bench.bundle(['sh', '-c', script], {
      extra: {
        mounts: [
          { destination: '/proc', type: 'proc', source: 'proc' },
          { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'mode=755'] },
          { destination: '/tmp', type: 'tmpfs', source: 'tmpfs' },
          { destination: '/disk', type: 'bind', source: volume.device, options: ['bind', 'rw'] },
          { destination: '/volume', type: 'bind', source: direct.source, options: ['rbind', 'rw'] },
        ],
        linux: {
          namespaces: [{ type: 'pid' }, { type: 'mount' }, { type: 'ipc' }, { type: 'uts' }],
          devices: [
            node(plain, '/dev/plain'),
            node(readonly, '/dev/readonly'),
            node(ruled, '/dev/ruled'),
            node(shut, '/dev/shut'),
          ],
          resources: {
            devices: [
              { allow: false, access: 'rwm' },
              rule(plain, 'rwm'),
              rule(readonly, 'rwm'),
              rule(ruled, 'r'),
            ],
          },
        },
      },
    });
    const { exitCode, stdout, stderr } = await bench.hako([
      '--config',
      configuration,
      'run',
      '--bundle',
      bundle,
      'disks',
    ]);
    expect({ machine, driver, rootless, exitCode, stdout, stderr }).toEqual({
      machine,
      driver,
      rootless,
      exitCode: 0,
      stdout: `plain ${8 * mib}\nreado ${8 * mib}\nruled ${8 * mib}\nvolume\nwrote /dev/plain\nwrote /disk\nkept\n /volume ext4 rw,noatime\n2000\nwritten by the host\n`,
      stderr: expect.any(String),
    });
    // What was written is on the host; what was read-only is as it was.
    const heads = [plain, readonly, ruled, volume].map(({ file }) =>
      readFileSync(file).subarray(0, 6).toString(),
    );
    expect(heads).toEqual(['Wlain\0', 'readon', 'ruled\0', 'Wolume']);
    // The host saw nothing of the volume but its disk.
    expect(readdirSync(direct.source)).toEqual([]);
    expect(fileIn(direct.image, '/new')).toBe('new\n');
    expect(bench.leftovers()).toEqual([]);
  }
});

test('a device 241:N is the disk behind a socket of the store, for reading and writing', async () => {
  const store = join(bench.folder, 'store');
  const [devices, sockets] = ['devices', 'sockets'].map((name) => join(store, 'block', name)) as [
    string,
    string,
  ];
  for (const folder of [devices, sockets]) mkdirSync(folder, { recursive: true });
  const file = join(bench.folder, 'served.img');
  writeFileSync(file, 'served');
  truncateSync(file, 8 * mib);
  execFileSync('mknod', [join(devices, 'disk-a'), 'b', '241', '7']);
  const pidFile = join(bench.folder, 'daemon.pid');
  execFileSync('qemu-storage-daemon', [
    ...['--daemonize', '--pidfile', pidFile],
    ...['--blockdev', `driver=file,node-name=disk,filename=${file}`],
    '--export',
    `vhost-user-blk,id=e,node-name=disk,addr.type=unix,addr.path=${join(sockets, 'disk-a')},writable=on`,
  ]);
  try {
    const run = (id: string, shared: string, minor: number) => {
      const configuration = bench.configuration((text) =>
        [
          `shared_fs = "${shared}"`,
          'enable_vhost_user_store = true',
          `vhost_user_store_path = "${store}"`,
        ].reduce((all, line) => withLine(all, line), text),
      );
      const script =
        'head -c 6 /dev/data; blockdev --getsize64 /dev/data; printf W | dd of=/dev/data conv=fsync 2>/dev/null && echo wrote';
      const bundle = bench.bundle(['sh', '-c', script], {
        extra: {
          mounts: [
            { destination: '/proc', type: 'proc', source: 'proc' },
            { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'mode=755'] },
          ],
          linux: {
            namespaces: [{ type: 'pid' }, { type: 'mount' }, { type: 'ipc' }, { type: 'uts' }],
            devices: [{ path: '/dev/data', type: 'b', major: 241, minor, fileMode: 0o600, uid: 0, gid: 0 }],
            resources: { devices: [{ allow: true, type: 'b', major: 241, minor, access: 'rwm' }] },
          },
        },
      });
      return bench.hako(['--config', configuration, 'run', '--bundle', bundle, id]);
    };
    // 9p needs no shared memory, the disk does.
    for (const [shared, head] of [
      ['virtio-fs', 'served'],
      ['virtio-9p', 'Werved'],
    ] as const) {
      const { stdout, exitCode } = await run('served', shared, 7);
      expect({ stdout, exitCode }).toEqual({ stdout: `${head}${8 * mib}\nwrote\n`, exitCode: 0 });
      expect(readFileSync(file).subarray(0, 6).toString()).toBe('Werved');
    }
    expect(await run('none', 'virtio-9p', 8)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining(`${devices} has no block device 241:8`),
    });
  } finally {
    process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGKILL');
  }
  expect(bench.leftovers()).toEqual([]);
});

test('podman: a device by --device, also for reading only, and a volume that is one', async () => {
  const { device, file } = loopDevice('podman', 'before');
  const podman = new Podman(join(bench.folder, 'podman'));
  await podman.import(bench.rootfs);
  try {
    const run = (device: string, script: string) =>
      podman.output(['run', '--rm', '--device', device, image, 'sh', '-c', script]);
    expect(
      await run(
        `${device}:/dev/xvda`,
        'head -c 6 /dev/xvda; printf after | dd of=/dev/xvda conv=fsync 2>/dev/null',
      ),
    ).toBe('before');
    expect(readFileSync(file).subarray(0, 6).toString()).toBe('aftere');
    expect(
      await run(
        `${device}:/dev/xvda:r`,
        'head -c 6 /dev/xvda; printf X | dd of=/dev/xvda 2>/dev/null || echo " kept"',
      ),
    ).toBe('aftere kept\n');
    const volume = ['run', '--rm', '-v', `${device}:/disk:ro`, image, 'head', '-c', '6', '/disk'];
    expect(await podman.output(volume)).toBe('aftere');
  } finally {
    await podman.close();
  }
});

test('a disk comes with a member of a pod and goes with its last one; what is missing or held leaves nothing', async () => {
  const { device, major, minor } = loopDevice('pod', 'shared');
  const linux = {
    devices: [{ path: '/dev/data', type: 'b', major, minor }],
    resources: { devices: [{ allow: true, type: 'b', major, minor, access: 'rm' }] },
  };
  const create = (id: string, bundle: string) => bench.create(['--bundle', bundle, id]);
  expect(
    (await create('pod', sandboxBundle(bench, { sandboxId: 'pod', args: ['sleep', '1000'] }))).exitCode,
  ).toBe(0);
  await bench.hako(['start', 'pod']);
  const qemu = bench.pidOf('pod', 'qemu');
  const isOpen = () =>
    readdirSync(`/proc/${qemu}/fd`).some((fd) => readlinkSync(`/proc/${qemu}/fd/${fd}`) === device);
  for (const id of ['one', 'two']) {
    const bundle = memberBundle(bench, { sandboxId: 'pod', args: ['sleep', '1000'], linux });
    expect(await create(id, bundle)).toMatchObject({ exitCode: 0, stderr: '' });
    await bench.hako(['start', id]);
    expect((await bench.hako(['exec', id, 'head', '-c', '6', '/dev/data'])).stdout).toBe('shared');
  }
  const gone = { devices: [{ path: '/dev/data', type: 'b', major: 7, minor: 1_000_000 }] };
  const missing = await create(
    'three',
    memberBundle(bench, { sandboxId: 'pod', args: ['true'], linux: gone }),
  );
  expect(missing).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('the host has no block device 7:1000000'),
  });
  const writing = {
    ...linux,
    resources: { devices: [{ allow: true, type: 'b', major, minor, access: 'rwm' }] },
  };
  const held = await create(
    'three',
    memberBundle(bench, { sandboxId: 'pod', args: ['true'], linux: writing }),
  );
  expect(held).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('read-only for another container'),
  });
  expect(isOpen()).toBe(true);
  await bench.hako(['delete', '--force', 'one']);
  expect((await bench.hako(['exec', 'two', 'head', '-c', '6', '/dev/data'])).stdout).toBe('shared');
  await bench.hako(['delete', '--force', 'two']);
  expect(isOpen()).toBe(false);
  // The same device may come again, in another way.
  expect(
    (await create('four', memberBundle(bench, { sandboxId: 'pod', args: ['true'], linux: writing })))
      .exitCode,
  ).toBe(0);
  await bench.hako(['delete', '--force', 'four']);
  await bench.hako(['delete', '--force', 'pod']);
  expect(isOpen).toThrow();
});

test('an NVDIMM outlives its container, is used again as it was, and its file is the host’s', async () => {
  const disk = loopDevice('kept', 'before');
  const odd = loopDevice('odd', 'odd');
  truncateSync(odd.file, 8 * mib + 512);
  execFileSync('losetup', ['--set-capacity', odd.device]);
  const configuration = bench.configuration((text) => withLine(text, 'block_device_driver = "nvdimm"'));
  const create = (id: string, { major, minor }: typeof disk, access: string) => {
    const linux = {
      devices: [{ path: '/dev/data', type: 'b', major, minor }],
      resources: { devices: [{ allow: true, type: 'b', major, minor, access }] },
    };
    const bundle = memberBundle(bench, { sandboxId: 'dimm', args: ['sleep', '1000'], linux });
    return bench.create(['--bundle', bundle, id]);
  };
  const founder = sandboxBundle(bench, { sandboxId: 'dimm', args: ['sleep', '1000'] });
  const created = await bench.detached(['--config', configuration, 'create', '--bundle', founder, 'dimm']);
  expect(created.exitCode, created.stderr).toBe(0);
  await bench.hako(['start', 'dimm']);
  const qemu = bench.pidOf('dimm', 'qemu');
  const mappings = () =>
    readFileSync(`/proc/${qemu}/maps`, 'utf8')
      .split('\n')
      .filter((line) => line.endsWith(disk.device)).length;
  for (const [id, seen] of [
    ['one', 'before'],
    ['two', 'oneore'],
  ] as const) {
    const member = await create(id, disk, 'rwm');
    expect(member.exitCode, member.stderr).toBe(0);
    expect(mappings()).toBe(1);
    await bench.hako(['start', id]);
    const script = `head -c 6 /dev/data; printf ${id} | dd of=/dev/data conv=fsync 2>/dev/null`;
    expect((await bench.hako(['exec', id, 'sh', '-c', script])).stdout).toBe(seen);
    await bench.hako(['delete', '--force', id]);
    expect(readFileSync(disk.device).subarray(0, 6).toString()).toBe(`${id}ore`);
  }
  expect(mappings()).toBe(1);
  for (const [refused, access, words] of [
    [disk, 'rm', `${disk.device} is in the virtual machine already, for writing, and stays so as an NVDIMM`],
    [
      odd,
      'rwm',
      `${odd.device} has ${8 * mib + 512} bytes, and block_device_driver = "nvdimm" takes multiples`,
    ],
  ] as const)
    expect(await create('three', refused, access)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining(words),
    });
  await bench.hako(['delete', '--force', 'dimm']);
  expect(bench.leftovers()).toEqual([]);
});

test('a pod in a microvm shares the disks that its machine starts with, and gets no others', async () => {
  const shared = loopDevice('cold', 'shared');
  const other = loopDevice('other', 'other');
  const configuration = bench.configuration((text) =>
    ['machine_type = "microvm"', 'block_device_driver = "virtio-mmio"'].reduce(
      (all, line) => withLine(all, line),
      text,
    ),
  );
  const create = (id: string, { major, minor }: typeof shared) => {
    const linux = {
      devices: [{ path: '/dev/data', type: 'b', major, minor }],
      resources: { devices: [{ allow: true, type: 'b', major, minor, access: 'rwm' }] },
    };
    const container = { sandboxId: 'micro', args: ['sleep', '1000'], linux };
    const bundle = id === 'micro' ? sandboxBundle(bench, container) : memberBundle(bench, container);
    return bench.detached(['--config', configuration, 'create', '--bundle', bundle, id]);
  };
  const created = await create('micro', shared);
  expect(created.exitCode, created.stderr).toBe(0);
  await bench.hako(['start', 'micro']);
  for (const id of ['one', 'two']) {
    const member = await create(id, shared);
    expect(member.exitCode, member.stderr).toBe(0);
    await bench.hako(['start', id]);
    const script = `head -c 6 /dev/data; printf ${id} | dd of=/dev/data conv=fsync 2>/dev/null`;
    expect((await bench.hako(['exec', id, 'sh', '-c', script])).stdout).toBe(
      id === 'one' ? 'shared' : 'onered',
    );
    await bench.hako(['delete', '--force', id]);
  }
  expect(readFileSync(shared.file).subarray(0, 6).toString()).toBe('twored');
  expect(await create('three', other)).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining(
      `${other.device}: machine_type = "microvm" has only the disks that it starts with`,
    ),
  });
  await bench.hako(['delete', '--force', 'micro']);
  expect(bench.leftovers()).toEqual([]);
});

test('a root file system on a disk is mounted by the guest, and whole when the container is gone', async () => {
  const namespace = `hako-e2e-block-${process.pid}`;
  const file = join(bench.folder, 'rootfs.ext4');
  execFileSync('mke2fs', ['-q', '-t', 'ext4', '-d', bench.rootfs, file, '32m']);
  const bundle = bench.bundle(['sh', '-c', 'grep " / " /proc/mounts; echo kept > /file'], {
    rootfs: 'rootfs',
    readonlyRootfs: false,
  });
  mkdirSync(join(bundle, 'rootfs'));
  execFileSync('mkfifo', [join(bundle, 'log')]);
  const words = [
    '-namespace',
    namespace,
    '-id',
    'task',
    '-address',
    '/no/containerd.sock',
    '-bundle',
    bundle,
  ];
  const call = (action: string) =>
    runProgram(shimPath, [...words, action], {
      cwd: bundle,
      env: { ...process.env, TTRPC_ADDRESS: '/no/containerd.sock.ttrpc' },
    });
  const { stdout } = await call('start');
  const shim = await connectTask(stdout.replace(/^unix:\/\//, ''));
  try {
    const output = join(bench.folder, 'output');
    await shim.task.create({
      id: 'task',
      bundle,
      rootfs: [{ type: 'ext4', source: file, options: ['loop'] }],
      stdout: `file://${output}`,
    });
    await shim.task.start({ id: 'task' });
    expect(await shim.task.wait({ id: 'task' })).toMatchObject({ exitStatus: 0 });
    expect(readFileSync(output, 'utf8')).toMatch(/^\/dev\/sda \/ ext4 rw/);
    await shim.task.delete({ id: 'task' });
    expect(fileIn(file, '/file')).toBe('kept\n');
    // Unmounted in order: no journal is left to be replayed.
    expect(
      execFileSync('dumpe2fs', ['-h', file], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
    ).not.toContain('needs_recovery');
  } finally {
    shim.close();
    await call('delete');
    rmdirSync(join('/run/hako/.containerd', namespace));
  }
});
