import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { DiskDevice, NetworkDevice, NvdimmDevice } from '@hako/hypervisor';
import { inNetworkNamespace, openTap } from '@hako/posix';
import { defineCommand, queryCpusFast } from '@hako/qmp';
import { list, record, unknown } from '@hako/shape';
import { expect, test } from 'vitest';
import { QemuHypervisor } from '../src/index.ts';
import {
  commandLine,
  eachTestOnStage,
  guestDir,
  probeGuestConfig,
  type Stage,
  workspaceRoot,
} from './support.ts';

/** Software emulation on a busy machine: seconds where KVM needs a fraction of one. */
const bootTimeoutMs = 120_000;

const queryNodes = defineCommand('query-named-block-nodes', list(record(unknown)));

let stage: Stage;
const hypervisor = new QemuHypervisor();
eachTestOnStage((own) => {
  stage = own;
});

test('a guest boots, speaks, is paused, resumed and stopped', { timeout: bootTimeoutMs }, async () => {
  const machine = await hypervisor.launch(stage.vm(probeGuestConfig()), stage.options);
  try {
    expect(stage.phases).toEqual(['accelerator', 'share', 'vmm']);
    expect(machine.accelerator).toBe('tcg');
    expect(stage.ledger.pids.get('qemu')).toBe(machine.vmmPid);
    const [announced] = stage.ledger.announced;
    expect(announced).toMatchObject({ kind: 'process', role: 'qemu' });
    if (announced?.kind === 'process') expect(commandLine(machine.vmmPid)).toContain(announced.marker);
    expect(statSync(join(stage.runtimeDir, 'qmp.sock')).mode & 0o777).toBe(0o600);

    expect(String(await once(machine.agentChannel, 'data'))).toBe('R');
    expect(await machine.status()).toBe('running');
    await machine.pause();
    expect(await machine.status()).toBe('paused');
    await machine.resume();
    expect(await machine.status()).toBe('running');
    expect(await machine.qmp.execute(queryCpusFast)).toHaveLength(1);
  } finally {
    await machine.stop();
  }
  await machine.stop();
  expect(await machine.exited).toEqual({ exitCode: null, signal: 'SIGKILL' });
  await expect(machine.pause()).rejects.toMatchObject({ code: 'vm-exited' });
  await machine.diagnostics();
});

test('disks come and go while the guest runs', { timeout: bootTimeoutMs }, async () => {
  const image = (name: string, format: 'raw' | 'qcow2'): DiskDevice => {
    const path = join(stage.dir, name);
    writeFileSync(path, format === 'qcow2' ? emptyQcow2() : '');
    if (format === 'raw') truncateSync(path, 8 << 20);
    return { kind: 'block', id: name, path, source: 'file', format, readonly: false, aio: 'threads' };
  };
  const raw = image('raw', 'raw');
  const qcow2: DiskDevice = {
    ...image('qcow2', 'qcow2'),
    kind: 'scsi',
    aio: 'io_uring',
    logicalSectorBytes: 512,
  };
  const cache = { direct: true, noFlush: false };
  const cold = { ...image('cold', 'raw'), readonly: true, aio: 'native', cache } as const;
  const configuration = probeGuestConfig({ enableIothreads: true });
  const machine = await hypervisor.launch(stage.vm(configuration, { devices: [cold] }), stage.options);
  try {
    expect(String(await once(machine.agentChannel, 'data'))).toBe('R');
    expect(await machine.plug({ ...raw, queues: 2, queueSize: 64 })).toEqual({ guestPciPath: '02/02' });
    expect(await machine.plug(qcow2)).toEqual({ guestPciPath: '02/03', guestScsiAddress: '0:0' });
    expect(await machine.plug({ ...image('other', 'raw'), kind: 'scsi' })).toEqual({
      guestPciPath: '02/03',
      guestScsiAddress: '0:1',
    });
    // One that is not there, or is open elsewhere, leaves nothing: its name serves again.
    await expect(machine.plug({ ...raw, id: 'more', path: join(stage.dir, 'nowhere') })).rejects.toThrow(
      /No such file/,
    );
    await expect(machine.plug({ ...raw, id: 'more' })).rejects.toThrow(/in use|lock/);
    await expect(machine.plug(raw)).rejects.toMatchObject({ code: 'device-exists' });
    const nodes = async () =>
      (await machine.qmp.execute(queryNodes, {}))
        .map((node) => String(node['node-name']))
        .filter((name) => name.endsWith('-node'))
        .sort();
    expect(await nodes()).toEqual(['cold-node', 'other-node', 'qcow2-node', 'raw-node']);
    for (const id of ['raw', 'cold']) await machine.unplug(id);
    expect(await nodes()).toEqual(['other-node', 'qcow2-node']);
    expect(await machine.plug({ ...raw, id: 'more' })).toEqual({ guestPciPath: '02/01' });
  } finally {
    await machine.stop();
  }
});

test('QEMU of a user without rights has all that is opened for it: share, disks, monitor, console', {
  timeout: bootTimeoutMs,
}, async () => {
  const own = (name: string, content: string) => {
    const path = join(stage.dir, name);
    writeFileSync(path, content, { mode: 0o600 });
    return path;
  };
  const disk: DiskDevice = {
    kind: 'block',
    id: 'disk',
    path: own('disk', ''),
    source: 'file',
    format: 'raw',
    readonly: false,
    aio: 'native',
    cache: { direct: true, noFlush: false },
  };
  truncateSync(disk.path, 8 << 20);
  const scsi: DiskDevice = {
    ...disk,
    kind: 'scsi',
    id: 'scsi',
    path: own('scsi', ''),
    format: 'qcow2',
    aio: 'io_uring',
  };
  writeFileSync(scsi.path, emptyQcow2());
  const configuration = probeGuestConfig({
    rootless: true,
    enableDebug: true,
    extraMonitorSocket: 'qmp',
    sharedFs: 'virtio-fs',
  });
  mkdirSync(join(stage.dir, 'share'), { mode: 0o700 });
  const shares = [
    { tag: 't', hostPath: join(stage.dir, 'share'), transport: 'virtio-fs', readonly: false },
  ] as const;
  const kernelParams = [{ key: 'agent.debug_console' }];
  const machine = await hypervisor.launch(stage.vm(configuration, { shares, kernelParams }), stage.options);
  const openFiles = () => readdirSync(`/proc/${machine.vmmPid}/fd`).length;
  try {
    expect(String(await once(machine.agentChannel, 'data'))).toBe('R');
    const status = readFileSync(`/proc/${machine.vmmPid}/status`, 'utf8');
    const [, uid = '0'] = /^Uid:\t(\d+)\t/m.exec(status) ?? [];
    expect(Number(uid)).toBeGreaterThanOrEqual(0x7000_0000);
    expect(status).toContain(`Uid:\t${uid}\t${uid}\t${uid}\t${uid}\n`);
    expect(status).toContain(`Gid:\t${uid}\t${uid}\t${uid}\t${uid}\n`);
    expect(status).toMatch(/^CapPrm:\t0+\n/m);
    for (const socket of ['con.sock', 'extra-monitor.sock'])
      expect(statSync(join(stage.runtimeDir, socket)).mode & 0o777).toBe(0o600);
    // QEMU keeps a context of asynchronous I/O once it has had one.
    await machine.plug(disk);
    await machine.unplug('disk');
    const before = openFiles();
    await expect(machine.plug({ ...disk, path: join(stage.dir, 'nowhere') })).rejects.toThrow(/ENOENT/);
    await machine.plug(disk);
    await expect(machine.plug({ ...disk, id: 'again' })).rejects.toThrow(/lock/);
    truncateSync(disk.path, 16 << 20);
    await machine.resizeDisk('disk', 16 << 20);
    await machine.unplug('disk');
    expect(openFiles()).toBe(before);
    await machine.plug({ ...disk, readonly: true });
    await machine.plug(scsi);
  } finally {
    await machine.stop();
  }
});

test('vCPUs and memory come and go; what cannot be had leaves nothing', {
  timeout: bootTimeoutMs,
}, async () => {
  const configuration = probeGuestConfig({ defaultMaxVcpus: 3, defaultMaxMemoryMib: 1024, memorySlots: 2 });
  const machine = await hypervisor.launch(stage.vm(configuration), stage.options);
  const openFiles = () => readdirSync(`/proc/${machine.vmmPid}/fd`).length;
  try {
    expect(String(await once(machine.agentChannel, 'data'))).toBe('R');
    expect(machine.size).toEqual({ vcpus: 1, memoryMib: 256 });
    // In blocks of 128 MiB, and as many vCPUs as it may have.
    expect(await machine.resize({ vcpus: 9, memoryMib: 300 })).toEqual({ vcpus: 3, memoryMib: 384 });
    expect(await machine.qmp.execute(queryCpusFast)).toHaveLength(3);
    await expect(machine.resize({ vcpus: 3, memoryMib: 2000 })).rejects.toMatchObject({
      code: 'size-refused',
    });
    expect(await machine.resize({ vcpus: 3, memoryMib: 512 })).toEqual({ vcpus: 3, memoryMib: 512 });
    await expect(machine.resize({ vcpus: 3, memoryMib: 640 })).rejects.toThrow(
      /all 2 memory slots are taken/,
    );
    expect(machine.size).toEqual({ vcpus: 3, memoryMib: 512 });
    // An emulated vCPU stays: QEMU could not bear its end.
    expect(await machine.resize({ vcpus: 1, memoryMib: 256 })).toEqual({ vcpus: 3, memoryMib: 256 });
    const before = openFiles();
    for (let cycle = 0; cycle < 5; cycle++) {
      expect(await machine.resize({ vcpus: 3, memoryMib: 512 })).toEqual({ vcpus: 3, memoryMib: 512 });
      expect(await machine.resize({ vcpus: 3, memoryMib: 256 })).toEqual({ vcpus: 3, memoryMib: 256 });
    }
    expect(openFiles()).toBe(before);
  } finally {
    await machine.stop();
  }
});

test('network cards come and go while the guest runs', { timeout: bootTimeoutMs }, async () => {
  const namespace = `hako-qemu-${process.pid}`;
  execFileSync('ip', ['netns', 'add', namespace]);
  const links = () => execFileSync('ip', ['-n', namespace, '-o', 'link'], { encoding: 'utf8' });
  const card = (index: number, mac = `02:00:00:00:00:0${index}`): NetworkDevice => {
    const queueFds = inNetworkNamespace(`/run/netns/${namespace}`, () =>
      openTap(`tap${index}`, { queues: 2 }),
    );
    return { kind: 'network', id: `net${index}`, mac, link: { kind: 'tap', queueFds, vhostFds: [] } };
  };
  const close = ({ link }: NetworkDevice) => {
    if (link.kind === 'tap') for (const fd of link.queueFds) closeSync(fd);
  };
  try {
    const first = card(0);
    const vm = stage.vm(probeGuestConfig(), { devices: [first], vmmNetwork: 'own' });
    const machine = await hypervisor.launch(vm, stage.options);
    try {
      close(first);
      expect(String(await once(machine.agentChannel, 'data'))).toBe('R');
      expect(machine.hotplug.has('network')).toBe(true);
      // QEMU has the tap, and no network beside it.
      expect(links()).toContain('tap0');
      expect(readFileSync(`/proc/${machine.vmmPid}/net/dev`, 'utf8')).not.toMatch(/tap0|eth/);

      const second = card(1);
      expect(await machine.plug(second)).toEqual({ guestPciPath: '02/02' });
      close(second);
      expect(() => card(1)).toThrow(/EBUSY/);

      // One that QEMU refuses leaves nothing: the same name and place serve again.
      const refused = card(2, 'no MAC address');
      await expect(machine.plug(refused)).rejects.toMatchObject({ code: 'command-failed' });
      close(refused);
      expect(links()).not.toContain('tap2');
      const third = card(2);
      expect(await machine.plug(third)).toEqual({ guestPciPath: '02/03' });
      close(third);

      await machine.unplug('net0');
      await machine.unplug('net0');
      expect(links()).not.toContain('tap0');
      const again = card(0);
      expect(await machine.plug(again)).toEqual({ guestPciPath: '02/01' });
      close(again);
    } finally {
      await machine.stop();
    }
    const late = card(3);
    await expect(machine.plug(late)).rejects.toMatchObject({ code: 'vm-exited' });
    close(late);
  } finally {
    execFileSync('ip', ['netns', 'delete', namespace]);
  }
});

test('a guest that dies shows its last words', { timeout: bootTimeoutMs }, async () => {
  const config = probeGuestConfig();
  const machine = await hypervisor.launch(
    stage.vm(config, {
      kernelParams: [
        { key: 'rdinit', value: '/absent' },
        { key: 'root', value: 'none' },
      ],
    }),
    stage.options,
  );
  expect(await machine.exited).toEqual({ exitCode: 0, signal: null });
  await machine.stop();
  const { guestConsoleTail } = await machine.diagnostics();
  expect(guestConsoleTail.join('\n')).toMatch(/Kernel panic/);
  expect(readFileSync(join(stage.runtimeDir, 'console.log'), 'latin1')).toMatch(/Kernel panic/);
});

test.each(['q35', 'pc'] as const)(
  '%s boots with two vCPUs and every share',
  { timeout: bootTimeoutMs },
  async (machineType) => {
    const share = join(stage.dir, 'share');
    mkdirSync(join(share, 'late'), { recursive: true });
    const config = probeGuestConfig({
      machineType,
      sharedFs: 'virtio-fs',
      defaultVcpus: 2,
      defaultMaxVcpus: 2,
    });
    const machine = await hypervisor.launch(
      stage.vm(config, {
        shares: [
          { tag: 'writable', hostPath: share, transport: 'virtio-fs', readonly: false },
          { tag: 'readonly', hostPath: share, transport: 'virtio-fs', readonly: true },
          { tag: 'old', hostPath: share, transport: 'virtio-9p', readonly: true },
        ],
      }),
      stage.options,
    );
    try {
      expect(machine.helperPids).toHaveLength(2);
      expect(String(await once(machine.agentChannel, 'data'))).toBe('R');
      expect(await machine.qmp.execute(queryCpusFast)).toHaveLength(2);
      for (const pid of machine.helperPids) expect(commandLine(pid)).toContain(stage.runtimeDir);
    } finally {
      await machine.stop();
    }
    for (const pid of machine.helperPids) expect(existsSync(`/proc/${pid}`)).toBe(false);
  },
);

test('microvm starts with the guest image, read-only', async () => {
  const config = probeGuestConfig({ machineType: 'microvm', image: join(guestDir, 'hako-guest.img') });
  const machine = await hypervisor.launch(stage.vm(config), stage.options);
  try {
    const queryBlock = defineCommand('query-block', unknown);
    const drives = JSON.stringify(await machine.qmp.execute(queryBlock));
    expect(drives).toContain('hako-guest.img');
    expect(drives).toContain('"ro":true');
    expect(drives).not.toContain('"ro":false');
  } finally {
    await machine.stop();
  }
});

test.each([false, true])(
  'microvm starts with disks on each of its buses, and plugs none; rootless: %s',
  async (rootless) => {
    const disk = (kind: DiskDevice['kind']): DiskDevice => {
      const path = join(stage.dir, kind);
      writeFileSync(path, '', { mode: 0o600 });
      truncateSync(path, 8 << 20);
      return {
        kind,
        id: kind,
        path,
        source: 'file',
        format: 'raw',
        readonly: kind === 'scsi',
        aio: 'threads',
      };
    };
    const config = probeGuestConfig({ machineType: 'microvm', rootless, indepIothreads: 1 });
    const devices = [disk('block'), disk('scsi'), disk('mmio')];
    const machine = await hypervisor.launch(stage.vm(config, { devices }), stage.options);
    try {
      const nodes = await machine.qmp.execute(queryNodes, {});
      const readonly = (name: string) => nodes.find((node) => node['node-name'] === `${name}-node`)?.ro;
      expect(devices.map(({ id }) => readonly(id))).toEqual([false, true, false]);
      expect(devices.map(({ id }) => machine.placeOf(id))).toEqual([
        { guestPciPath: '0a' },
        { guestPciPath: '0b', guestScsiAddress: '0:0' },
        { guestPciPath: '', guestSerial: 'mmio' },
      ]);
      for (const kind of ['block', 'mmio'] as const) {
        truncateSync(join(stage.dir, kind), 16 << 20);
        await machine.resizeDisk(kind, 16 << 20);
      }
      expect(machine.hotplug.size).toBe(0);
      expect(machine.isGone('mmio')).toBe(false);
      await expect(machine.plug({ ...disk('block'), id: 'more' })).rejects.toMatchObject({
        code: 'no-free-slot',
        message: expect.stringContaining('this machine type has no place for devices that come later'),
      });
    } finally {
      await machine.stop();
    }
  },
);

test('an NVDIMM is mapped as it may be used, stays, and keeps its size', {
  timeout: bootTimeoutMs,
}, async () => {
  const disk = (id: string, readonly: boolean): NvdimmDevice => {
    const path = join(stage.dir, id);
    writeFileSync(path, '');
    truncateSync(path, 8 << 20);
    return { kind: 'nvdimm', id, path, bytes: 8 << 20, readonly };
  };
  const [written, read] = [disk('written', false), disk('read', true)];
  const config = probeGuestConfig({ blockDeviceDriver: 'nvdimm', memorySlots: 2 });
  const machine = await hypervisor.launch(stage.vm(config), stage.options);
  const mappings = () =>
    readFileSync(`/proc/${machine.vmmPid}/maps`, 'utf8')
      .split('\n')
      .filter((line) => line.includes(stage.dir))
      .map((line) => line.replace(/^\S+ (\S+) .*\//, '$1 '));
  try {
    expect(await machine.plug(written)).toEqual({ guestPciPath: '', guestNvdimmHandle: 4 });
    await expect(machine.plug({ ...disk('none', false), bytes: 10 << 20 })).rejects.toThrow(/backing store/);
    expect(await machine.plug(read)).toEqual({ guestPciPath: '', guestNvdimmHandle: 5 });
    expect(mappings().toSorted()).toEqual(['r--s read', 'rw-s written']);
    await expect(machine.plug(disk('more', false))).rejects.toThrow(
      'all 2 memory slots for NVDIMMs are taken',
    );
    await expect(machine.unplug('written')).rejects.toMatchObject({ code: 'unplug-refused' });
    await expect(machine.resizeDisk('written', 16 << 20)).rejects.toMatchObject({ code: 'size-refused' });
    expect(machine.placeOf('read')).toEqual({ guestPciPath: '', guestNvdimmHandle: 5 });
  } finally {
    await machine.stop();
  }
});

test('QEMU takes every device that a configuration can ask for', async () => {
  const flash = join(stage.dir, 'flash');
  writeFileSync(flash, Buffer.alloc(2 * 1024 * 1024));
  const config = probeGuestConfig({
    // Kata's images, which have no manifest beside them, are NVDIMMs.
    image: flash,
    pflashes: [flash],
    defaultMemoryMib: 512,
    defaultMaxMemoryMib: 1024,
    defaultVcpus: 2,
    defaultMaxVcpus: 2,
    numaMapping: ['0', '0'],
    enableNuma: true,
    enableVirtioMem: true,
    reclaimGuestFreedMemory: true,
    enableIommu: true,
    enableIommuPlatform: true,
    pcieRootPort: 2,
    pcieSwitchPort: 1,
    guestMemoryDumpPath: stage.dir,
    extraMonitorSocket: 'qmp',
    enableDebug: true,
  });
  const machine = await hypervisor.launch(stage.vm(config), stage.options);
  try {
    const devices = await machine.qmp.execute(defineCommand('query-memory-devices', list(record(unknown))));
    expect(devices.map(({ type }) => String(type)).sort()).toEqual(['nvdimm', 'virtio-mem']);
    const slots = await machine.qmp.execute(defineCommand('query-hotpluggable-cpus', list(unknown)));
    expect(slots).toHaveLength(2);
    const nodes = await machine.qmp.execute(defineCommand('query-memdev', list(record(unknown))));
    expect(nodes.map(({ id, policy }) => `${String(id)} ${String(policy)}`).sort()).toEqual([
      'image-memory default',
      'ram0 bind',
      'ram1 bind',
      'virtiomem default',
    ]);
  } finally {
    await machine.stop();
  }
});

test('a guest that panics leaves its memory where it is to be dumped', {
  timeout: bootTimeoutMs,
}, async () => {
  const config = probeGuestConfig({ guestMemoryDumpPath: stage.dir, defaultMemoryMib: 128 });
  const machine = await hypervisor.launch(stage.vm(config), stage.options);
  try {
    const panics = (async () => {
      for await (const { event, data } of machine.qmp.events()) if (event === 'GUEST_PANICKED') return data;
      return undefined;
    })();
    // Port of the panic device: what the guest's driver writes to it when its kernel panics.
    await machine.qmp.execute(defineCommand('human-monitor-command', unknown), {
      'command-line': 'o/b 0x505 1',
    });
    expect(await panics).toMatchObject({ action: 'pause' });
    expect(await machine.exited).toMatchObject({ signal: 'SIGKILL' });
  } finally {
    await machine.stop();
  }
  const [notice = ''] = stage.notices.filter((text) => text.includes('panicked'));
  expect(notice).toMatch(/its memory is in /);
  const file = notice.slice(notice.indexOf('/'));
  expect(readFileSync(file).subarray(0, 4).toString('latin1')).toBe('\x7fELF');
});

test('the end of virtiofsd ends the VM, with the cause', { timeout: bootTimeoutMs }, async () => {
  const config = probeGuestConfig({ sharedFs: 'virtio-fs' });
  const shares = [
    { tag: 'kataShared', hostPath: stage.dir, transport: 'virtio-fs', readonly: false },
  ] as const;
  const machine = await hypervisor.launch(stage.vm(config, { shares }), stage.options);
  const [pid = 0] = machine.helperPids;
  process.kill(-pid, 'SIGKILL');
  expect(await machine.exited).toEqual({
    exitCode: null,
    signal: 'SIGKILL',
    cause: expect.stringMatching(
      /^virtiofsd for share "kataShared" (was killed by SIGKILL|exited with status)/,
    ),
  });
  await machine.stop();
});

test('QEMU that refuses its arguments is an error with its words', async () => {
  const config = probeGuestConfig({ machineAccelerators: 'no-such-option=1' });
  await expect(hypervisor.launch(stage.vm(config), stage.options)).rejects.toMatchObject({
    code: 'start-failed',
    message: expect.stringContaining('no-such-option'),
    facts: { stderrTail: [expect.stringContaining('no-such-option')] },
  });
});

test('a virtiofsd that ends at once is the cause, not its effect on QEMU', async () => {
  const config = probeGuestConfig({ sharedFs: 'virtio-fs', virtioFsExtraArgs: ['--no-such-option'] });
  const shares = [{ tag: 't', hostPath: stage.dir, transport: 'virtio-fs', readonly: true }] as const;
  await expect(hypervisor.launch(stage.vm(config, { shares }), stage.options)).rejects.toMatchObject({
    code: 'start-failed',
    message: expect.stringMatching(/^virtiofsd for share "t" exited with status [1-9]/),
  });
});

test('everything that is missing is reported before anything starts', async () => {
  const absent = join(stage.dir, 'absent');
  const plain = join(stage.dir, 'plain');
  writeFileSync(plain, 'text');
  chmodSync(plain, 0o644);
  const config = probeGuestConfig({
    path: absent,
    kernel: stage.dir,
    initrd: absent,
    sharedFs: 'virtio-fs',
    virtioFsDaemon: plain,
  });
  await expect(hypervisor.launch(stage.vm(config), stage.options)).rejects.toMatchObject({
    code: 'host-not-ready',
    message: expect.stringMatching(/qemu-system-x86.*not a directory.*does not exist.*qemu-system-common/s),
  });
  expect(stage.ledger.announced).toEqual([]);
});

test('an aborted launch leaves nothing', async () => {
  const controller = new AbortController();
  const launching = hypervisor.launch(stage.vm(probeGuestConfig()), {
    ...stage.options,
    signal: controller.signal,
    ledger: {
      announce: () => Promise.resolve(),
      processStarted: () => {
        controller.abort(new Error('enough'));
        return Promise.resolve();
      },
    },
  });
  await expect(launching).rejects.toMatchObject({ code: 'aborted', cause: { message: 'enough' } });
});

test.each([
  ['', 0],
  // The kernel forgets such a wish of a process that changes its user afterwards.
  ['rootless', 0x7000_0000],
])(
  'QEMU does not outlive the process that started it (%s)',
  { timeout: bootTimeoutMs },
  async (mode, uid) => {
    const script = join(import.meta.dirname, 'launch-and-die.ts');
    const child = spawn(process.execPath, ['--conditions', '@hako/source', script, stage.dir, mode], {
      stdio: ['ignore', 'pipe', 'inherit'],
      cwd: workspaceRoot,
    });
    const pid = Number(String(await once(child.stdout, 'data')));
    expect(commandLine(pid)).toContain('qemu');
    expect(statSync(`/proc/${pid}`).uid).toBeGreaterThanOrEqual(uid);
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
    // It is nobody's child here: there is no event to wait on but its end.
    const deadlineMs = performance.now() + 10_000;
    while (commandLine(pid).includes('qemu')) {
      expect(performance.now()).toBeLessThan(deadlineMs);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    for (const name of ['qmp.sock', 'agent.sock', 'qemu.pid'])
      rmSync(join(stage.runtimeDir, name), { force: true });
  },
);

/** An image of 8 MiB without content (docs/interop/qcow2 of QEMU): header, a table and a block of reference counts, L1 table. */
function emptyQcow2(): Buffer {
  const cluster = 0x10000;
  const image = Buffer.alloc(4 * cluster);
  image.write('QFI\xfb', 'latin1');
  image.writeUInt32BE(2, 4);
  image.writeUInt32BE(16, 20);
  image.writeBigUInt64BE(8n << 20n, 24);
  image.writeUInt32BE(1, 36);
  image.writeBigUInt64BE(BigInt(3 * cluster), 40);
  image.writeBigUInt64BE(BigInt(cluster), 48);
  image.writeUInt32BE(1, 56);
  image.writeBigUInt64BE(BigInt(2 * cluster), cluster);
  for (let used = 0; used < 4; used++) image.writeUInt16BE(1, 2 * cluster + 2 * used);
  return image;
}
