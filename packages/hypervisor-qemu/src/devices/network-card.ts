import type { NetworkDevice } from '@hako/hypervisor';
import { closeDescriptor, getDescriptor, type QmpClient } from '@hako/qmp';
import type { DeviceDriver } from './device-driver.ts';
import { netdevAdd, netdevDel, netdevId } from './netdev-commands.ts';

/** Vectors per queue pair, and one each for configuration changes and the control queue. */
const vectorsFor = (queues: number): number => 2 * queues + 2;

type Properties = Readonly<Record<string, string | number | boolean>>;

/** Network cards: a netdev, and virtio-net-pci in front of it. */
export const networkCard: DeviceDriver<NetworkDevice> = {
  bus: 'pci',
  takesIothread: false,

  descriptors: ({ link }) => (link.kind === 'tap' ? [...link.queueFds, ...link.vhostFds] : [link.fd]),

  backendOptions({ id, link }, fds) {
    if (link.kind === 'stream') {
      const stream = { server: false, 'addr.type': 'fd', 'addr.str': fds.join() };
      return [['-netdev', 'stream', { id: netdevId(id), ...stream }]];
    }
    return [['-netdev', 'tap', { id: netdevId(id), ...tapProperties(link, fds) }]];
  },

  device({ id, mac, link }) {
    const queues = link.kind === 'tap' ? link.queueFds.length : 1;
    const several = queues > 1 ? { mq: true, vectors: vectorsFor(queues) } : {};
    return ['virtio-net-pci', { netdev: netdevId(id), mac, ...several }];
  },

  async addBackend(qmp: QmpClient, { id, link }) {
    const fds = networkCard.descriptors({ kind: 'network', id, mac: '', link });
    const names = fds.map((_fd, index) => `${id}-fd${index}`);
    const given: string[] = [];
    try {
      for (const [index, fd] of fds.entries()) {
        const name = names[index] ?? '';
        await qmp.execute(getDescriptor, { fdname: name }, { descriptor: fd });
        given.push(name);
      }
      const backend =
        link.kind === 'stream'
          ? { type: 'stream', server: false, addr: { type: 'fd', str: names.join() } }
          : { type: 'tap', ...tapProperties(link, names) };
      await qmp.execute(netdevAdd, { id: netdevId(id), ...backend });
    } catch (error) {
      // Those that QEMU took with the netdev are not under their names any more.
      for (const name of given) await qmp.execute(closeDescriptor, { fdname: name }).catch(() => undefined);
      throw error;
    }
  },

  async removeBackend(qmp, id) {
    await qmp.execute(netdevDel, { id: netdevId(id) });
  },
};

/** `fds`: as QEMU knows them, a number or a name each, queues first. */
function tapProperties(
  { queueFds, vhostFds }: Extract<NetworkDevice['link'], { kind: 'tap' }>,
  fds: readonly (number | string)[],
): Properties {
  const queues = queueFds.length;
  const vhost = vhostFds.length > 0 ? { vhost: true, vhostfds: fds.slice(queues).join(':') } : {};
  return { fds: fds.slice(0, queues).join(':'), ...vhost };
}
