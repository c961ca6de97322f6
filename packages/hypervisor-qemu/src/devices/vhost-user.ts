import type { VhostUserDevice } from '@hako/hypervisor';
import { type ArgumentsOf, defineCommand, nothing, type QmpCommand } from '@hako/qmp';
import { hostNotReady } from '../host-not-ready.ts';
import type { DeviceDriver } from './device-driver.ts';
import { netdevAdd, netdevDel, netdevId } from './netdev-commands.ts';
import { checkNetworkProcesses } from './network-process.ts';

type Properties = Readonly<Record<string, string | number | boolean>>;

const chardevAdd: QmpCommand<ArgumentsOf<'chardev-add'>, unknown> = defineCommand('chardev-add', nothing);
const chardevRemove: QmpCommand<{ readonly id: string }, unknown> = defineCommand('chardev-remove', nothing);

function chardevId(id: string): string {
  return `${id}-char`;
}

/** Virtio devices whose other half is a process behind a socket. The chardev is QEMU's end of it. */
export const vhostUser: DeviceDriver<VhostUserDevice> = {
  bus: 'pci',
  takesIothread: false,

  descriptors: () => [],

  backendOptions({ id, socket, reconnectSeconds, part }) {
    const chardev = chardevId(id);
    const reconnect = reconnectSeconds === undefined ? {} : { reconnect: reconnectSeconds };
    const options: [string, string, Properties][] = [
      ['-chardev', 'socket', { id: chardev, path: socket, ...reconnect }],
    ];
    if (part.kind === 'network') options.push(['-netdev', 'vhost-user', { id: netdevId(id), chardev }]);
    return options;
  },

  device({ id, part }) {
    const chardev = chardevId(id);
    switch (part.kind) {
      case 'network':
        return ['virtio-net-pci', { netdev: netdevId(id), mac: part.mac }];
      case 'block':
        return [
          'vhost-user-blk-pci',
          {
            chardev,
            ...(part.queues === undefined ? {} : { 'num-queues': part.queues }),
            ...(part.queueSize === undefined ? {} : { 'queue-size': part.queueSize }),
          },
        ];
      case 'scsi':
        return ['vhost-user-scsi-pci', { chardev }];
      case 'files':
        return ['vhost-user-fs-pci', { chardev, tag: part.tag }];
    }
  },

  async addBackend(qmp, device) {
    const { id, socket, reconnectSeconds, part } = device;
    const problems = await checkNetworkProcesses([device]);
    if (problems.length > 0) throw hostNotReady(problems, `plug ${id}`);
    const chardev = chardevId(id);
    await qmp.execute(chardevAdd, {
      id: chardev,
      backend: {
        type: 'socket',
        data: {
          addr: { type: 'unix', data: { path: socket } },
          server: false,
          ...(reconnectSeconds === undefined ? {} : { reconnect: reconnectSeconds }),
        },
      },
    });
    if (part.kind !== 'network') return;
    try {
      await qmp.execute(netdevAdd, { type: 'vhost-user', id: netdevId(id), chardev });
    } catch (error) {
      await qmp.execute(chardevRemove, { id: chardev }).catch(() => undefined);
      throw error;
    }
  },

  async removeBackend(qmp, id) {
    // Only a network card has one.
    await qmp.execute(netdevDel, { id: netdevId(id) }).catch(() => undefined);
    await qmp.execute(chardevRemove, { id: chardevId(id) });
  },
};
