import { spawn } from 'node:child_process';
import { on, once } from 'node:events';
import { existsSync, mkdirSync, truncateSync, watch, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { VhostUserDevice } from '@hako/hypervisor';
import { defineCommand } from '@hako/qmp';
import { list, record, unknown } from '@hako/shape';
import { expect, test } from 'vitest';
import { processProblem } from '../src/devices/network-process.ts';
import { QemuHypervisor } from '../src/index.ts';
import { eachTestOnStage, probeGuestConfig, type Stage, virtiofsd } from './support.ts';

/** Software emulation on a busy machine: seconds where KVM needs a fraction of one. */
const bootTimeoutMs = 120_000;

const queryChardev = defineCommand('query-chardev', list(record(unknown)));

let stage: Stage;
const hypervisor = new QemuHypervisor();
eachTestOnStage((own) => {
  stage = own;
});

test('disks of a vhost-user process come and go; what the host does not have leaves nothing', {
  timeout: bootTimeoutMs,
}, async () => {
  const socket = join(stage.dir, 'disk.sock');
  const daemon = await serveDisk(stage.dir, socket);
  const configuration = probeGuestConfig({
    enableVhostUserStore: true,
    hotPlugVfio: 'root-port',
    pcieRootPort: 1,
  });
  const disk = (id: string, at = socket): VhostUserDevice => ({
    kind: 'vhost-user',
    id,
    socket: at,
    part: { kind: 'block', queues: 1, queueSize: 64 },
  });
  const machine = await hypervisor.launch(stage.vm(configuration), stage.options);
  try {
    expect(String(await once(machine.agentChannel, 'data'))).toBe('R');
    const chardevs = async () =>
      (await machine.qmp.execute(queryChardev, {}))
        .map(({ label }) => String(label))
        .filter((label) => label.endsWith('-char'));
    expect(await machine.plug(disk('one'))).toEqual({ guestPciPath: '02/01' });
    expect(await chardevs()).toEqual(['one-char']);
    await machine.unplug('one');
    expect(await chardevs()).toEqual([]);
    expect(await machine.plug(disk('two'))).toEqual({ guestPciPath: '02/01' });
    await machine.unplug('two');
    await expect(machine.plug(disk('none', join(stage.dir, 'nowhere')))).rejects.toThrow(/nowhere/);
    for (const part of [{ kind: 'network', mac: '02:00:00:00:00:01' }, { kind: 'scsi' }] as const)
      await expect(machine.plug({ ...disk('other', join(stage.dir, 'no')), part })).rejects.toThrow(/no/);
    const gpu = { kind: 'vfio', id: 'gpu', address: '0000:ff:1f.7' } as const;
    // The second time shows that the one port is free again.
    for (const _time of [1, 2]) await expect(machine.plug(gpu)).rejects.toThrow(/0000:ff:1f\.7/);
    await expect(machine.plug({ ...gpu, iommufd: true })).rejects.toThrow(/this is a QEMU without iommufd/);
    expect(machine.placeOf('gpu')).toBeUndefined();
    expect(await chardevs()).toEqual([]);
    expect(await machine.plug(disk('again'))).toEqual({ guestPciPath: '02/01' });
    expect(machine.placeOf('again')).toEqual({ guestPciPath: '02/01' });
  } finally {
    await machine.stop();
    await daemon.end();
  }
});

test('a network card whose process hangs up is refused before QEMU starts; one that answers is known by that', async () => {
  const hangingUp = createServer((peer) => peer.destroy()).listen(join(stage.dir, 'hup.sock'));
  await once(hangingUp, 'listening');
  const card = (name: string) =>
    ({
      kind: 'vhost-user',
      id: 'card',
      socket: join(stage.dir, name),
      part: { kind: 'network', mac: '02:00:00:00:00:01' },
    }) as const;
  const daemon = await serveDisk(stage.dir, join(stage.dir, 'disk.sock'));
  try {
    const vm = stage.vm(probeGuestConfig({ enableVhostUserStore: true }), { devices: [card('hup.sock')] });
    await expect(hypervisor.launch(vm, stage.options)).rejects.toThrow(
      /cannot start the VM: devices\.card\.socket ".*hup\.sock" must answer .*hangs up/,
    );
    expect(stage.ledger.announced).toEqual([]);
    // It serves no cards, but says its features in the same way.
    expect(await processProblem(card('disk.sock'))).toBeUndefined();
  } finally {
    hangingUp.close();
    await daemon.end();
  }
});

test('a file system of a vhost-user process comes and goes', { timeout: bootTimeoutMs }, async () => {
  const socket = join(stage.dir, 'files.sock');
  const daemon = await serveFiles(stage.dir, socket);
  const machine = await hypervisor.launch(
    stage.vm(probeGuestConfig({ enableVhostUserStore: true })),
    stage.options,
  );
  try {
    expect(String(await once(machine.agentChannel, 'data'))).toBe('R');
    const part = { kind: 'files', tag: 'data' } as const;
    expect(await machine.plug({ kind: 'vhost-user', id: 'files', socket, part })).toEqual({
      guestPciPath: '02/01',
    });
    await machine.unplug('files');
    expect(machine.placeOf('files')).toBeUndefined();
    // It ends with the connection, which shows that QEMU has let it go.
    await daemon.exited;
  } finally {
    await machine.stop();
    await daemon.end();
  }
});

/** A virtiofsd that serves a folder at `socket`, once. */
async function serveFiles(
  dir: string,
  socket: string,
): Promise<{ readonly exited: Promise<unknown>; end(): Promise<void> }> {
  const source = join(dir, 'source');
  mkdirSync(source);
  const daemon = spawn(virtiofsd, [`--socket-path=${socket}`, '-o', `source=${source}`], {
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  const exited = once(daemon, 'exit');
  let said = '';
  for await (const [chunk] of on(daemon.stderr, 'data', { signal: AbortSignal.timeout(bootTimeoutMs) })) {
    said += String(chunk);
    if (said.includes('Waiting for vhost-user socket connection')) break;
  }
  daemon.stderr.resume();
  return {
    exited,
    end: async () => {
      daemon.kill('SIGKILL');
      await exited;
    },
  };
}

/** A process that serves an empty raw disk at `socket`. */
async function serveDisk(dir: string, socket: string): Promise<{ end(): Promise<void> }> {
  const image = join(dir, 'served');
  writeFileSync(image, '');
  truncateSync(image, 8 << 20);
  const pidFile = join(dir, 'daemon.pid');
  const daemon = spawn(
    'qemu-storage-daemon',
    [
      ...['--blockdev', `driver=file,node-name=disk,filename=${image}`],
      ...['--export', `vhost-user-blk,id=e,node-name=disk,addr.type=unix,addr.path=${socket},writable=on`],
      ...['--pidfile', pidFile],
    ],
    { stdio: ['ignore', 'inherit', 'inherit'] },
  );
  const exited = once(daemon, 'exit');
  // The pid file is written when all is set up; nothing else tells of that.
  const watcher = watch(dir);
  try {
    for await (const _change of on(watcher, 'change', { signal: AbortSignal.timeout(bootTimeoutMs) }))
      if (existsSync(pidFile)) break;
  } finally {
    watcher.close();
  }
  return {
    end: async () => {
      daemon.kill('SIGKILL');
      await exited;
    },
  };
}
