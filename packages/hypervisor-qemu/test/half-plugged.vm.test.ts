import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { DiskDevice, NetworkDevice, VhostUserDevice, VmDevice } from '@hako/hypervisor';
import { inNetworkNamespace, openTap } from '@hako/posix';
import { defineUncheckedCommand, nothing, type QmpCommand } from '@hako/qmp';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { QemuHypervisor, type QemuMachine } from '../src/index.ts';
import { inventory } from './qemu-inventory.ts';
import { eachTestOnStage, probeGuestConfig, type Stage } from './support.ts';

// A plug that fails at any step, and a guest that does not answer: QEMU itself is asked what it has of it afterwards.

/** Software emulation on a busy machine, and three guests' worth of waiting for one that does not answer. */
const timeoutMs = 180_000;

const deviceAdd: QmpCommand<Readonly<Record<string, unknown>>, unknown> = defineUncheckedCommand(
  'device_add',
  nothing,
);

let stage: Stage;
let namespace: string;
const hypervisor = new QemuHypervisor();
eachTestOnStage((own) => {
  stage = own;
});
beforeEach(() => {
  namespace = `hako-half-${process.pid}`;
  execFileSync('ip', ['netns', 'add', namespace]);
});
afterEach(() => void execFileSync('ip', ['netns', 'delete', namespace]));

function disk(id: string, changes: Partial<DiskDevice> = {}): DiskDevice {
  const path = join(stage.dir, id);
  writeFileSync(path, '');
  truncateSync(path, 8 << 20);
  return {
    kind: 'block',
    id,
    path,
    source: 'file',
    format: 'raw',
    readonly: false,
    aio: 'threads',
    ...changes,
  };
}

/** A card whose tap is closed here, as `action` has handed it over. */
async function withCard<T>(mac: string, action: (card: NetworkDevice) => Promise<T>): Promise<T> {
  const [fd = -1] = inNetworkNamespace(`/run/netns/${namespace}`, () => openTap('tap0', { queues: 1 }));
  try {
    return await action({
      kind: 'network',
      id: 'net0',
      mac,
      link: { kind: 'tap', queueFds: [fd], vhostFds: [] },
    });
  } finally {
    closeSync(fd);
  }
}

async function start(changes: Parameters<typeof probeGuestConfig>[0] = {}): Promise<QemuMachine> {
  const config = probeGuestConfig({ defaultMaxVcpus: 2, defaultMaxMemoryMib: 1024, ...changes });
  const machine = await hypervisor.launch(stage.vm(config), stage.options);
  expect(String(await once(machine.agentChannel, 'data'))).toBe('R');
  return machine;
}

test.each([
  ['QEMU opens the files of disks', {}],
  ['it is given them', { rootless: true }],
])('what QEMU refuses, at whichever step, leaves nothing: %s', { timeout: timeoutMs }, async (_how, how) => {
  const machine = await start(how);
  // A process behind a socket that hangs up on whoever comes.
  const silent = join(stage.dir, 'silent.sock');
  const server = createServer((peer) => peer.destroy()).listen(silent);
  await once(server, 'listening');
  execFileSync('chmod', ['666', silent]);
  execFileSync('chmod', ['711', stage.dir]);
  try {
    // Their controller comes with the first of them and stays, and with threads of QEMU what they have opened.
    for (const kind of ['block', 'scsi'] as const) {
      await machine.plug(disk('first', { kind }));
      await machine.unplug('first');
    }
    const before = await inventory(machine);
    const refusals: readonly [string, VmDevice, RegExp][] = [
      ['no file', disk('gone', { path: join(stage.dir, 'nowhere') }), /No such file|ENOENT/],
      ['a backend that cannot be', disk('text', { format: 'qcow2' }), /not in qcow2 format/],
      ['a disk that cannot be', disk('bad', { logicalSectorBytes: 1000 }), /power of 2/],
      ['one on SCSI', disk('bad', { kind: 'scsi', logicalSectorBytes: 1000 }), /power of 2/],
      ['queues that cannot be', disk('queues', { queues: 0 }), /num-queues/],
      ['a process that hangs up', vhostUser(silent, { kind: 'block' }), /./],
      [
        'that of a network card',
        vhostUser(silent, { kind: 'network', mac: '02:00:00:00:00:02' }),
        /cannot plug process: devices\.process\.socket ".*silent\.sock" must answer .*hangs up/,
      ],
      ['no device of the host', { kind: 'vfio', id: 'gpu', address: '0000:ff:1f.7' }, /0000:ff:1f/],
    ];
    for (const [what, device, message] of refusals) {
      await expect(machine.plug(device), what).rejects.toThrow(message);
      expect(await inventory(machine), what).toEqual(before);
    }
    await withCard('no MAC address', (card) => expect(machine.plug(card)).rejects.toThrow(/mac/));
    expect(await inventory(machine), 'a card').toEqual(before);

    // Somebody else has the place, or the name.
    const taken = { driver: 'virtio-rng-pci', bus: 'pci-bridge-0', rng: 'rng0' };
    await machine.qmp.execute(deviceAdd, { ...taken, id: 'squatter', addr: '2' });
    for (const id of ['dimm1', 'vcpu1'])
      await machine.qmp.execute(deviceAdd, { ...taken, id, addr: id === 'dimm1' ? '10' : '11' });
    const squatted = await inventory(machine);
    await expect(machine.plug(disk('place'))).rejects.toThrow(/not available|in use/);
    await withCard('02:00:00:00:00:01', (card) =>
      expect(machine.plug(card)).rejects.toThrow(/not available|in use/),
    );
    await expect(machine.resize({ vcpus: 1, memoryMib: 512 })).rejects.toThrow(/dimm1/);
    // Memory comes first, and goes again when the vCPU is refused.
    await expect(machine.resize({ vcpus: 2, memoryMib: 512 })).rejects.toThrow(/vcpu1/);
    expect(machine.size).toEqual({ vcpus: 1, memoryMib: 256 });
    expect(await inventory(machine)).toEqual(squatted);
  } finally {
    await machine.stop();
    server.close();
  }
});

function vhostUser(socket: string, part: VhostUserDevice['part']): VhostUserDevice {
  return { kind: 'vhost-user', id: 'process', socket, part };
}

test('what a guest does not let go in time is gone in all its parts when it does', {
  timeout: timeoutMs,
}, async () => {
  const machine = await start();
  try {
    await machine.plug(disk('first'));
    await machine.unplug('first');
    const before = await inventory(machine);
    expect(await machine.resize({ vcpus: 1, memoryMib: 512 })).toEqual({ vcpus: 1, memoryMib: 512 });
    // One after the other: it has seen the memory when it has let the disk go.
    await machine.plug(disk('first'));
    await machine.unplug('first');
    // It answers nothing while it hangs.
    await machine.pause();
    await machine.plug(disk('late'));
    await withCard('02:00:00:00:00:01', (card) => machine.plug(card));
    const kept = { code: 'unplug-refused' };
    const size = machine.resize({ vcpus: 1, memoryMib: 256 });
    for (const id of ['late', 'net0']) await expect(machine.unplug(id)).rejects.toMatchObject(kept);
    expect(await size).toEqual({ vcpus: 1, memoryMib: 512 });
    await machine.resume();
    // Now it does what it was asked then; or it is asked again, where it has forgotten that with what it was to see come.
    for (const id of ['late', 'net0']) await machine.unplug(id);
    await expect.poll(() => machine.size.memoryMib, { timeout: 20_000 }).toBe(256);
    expect(await machine.resize({ vcpus: 1, memoryMib: 256 })).toEqual({ vcpus: 1, memoryMib: 256 });
    await expect.poll(() => inventory(machine), { timeout: 20_000 }).toEqual(before);
    expect(await machine.resize({ vcpus: 1, memoryMib: 512 })).toEqual({ vcpus: 1, memoryMib: 512 });
  } finally {
    await machine.stop();
  }
});
