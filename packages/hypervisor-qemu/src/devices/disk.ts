import type { DiskDevice } from '@hako/hypervisor';
import {
  type ArgumentsOf,
  defineCommand,
  defineUncheckedCommand,
  nothing,
  type QmpClient,
  type QmpCommand,
} from '@hako/qmp';
import type { DeviceDriver } from './device-driver.ts';

type Properties = Readonly<Record<string, string | number | boolean>>;

// Unchecked: the schema has a type per driver, and these arguments are made for any of them.
const blockdevAdd: QmpCommand<object, unknown> = defineUncheckedCommand('blockdev-add', nothing);
const blockdevDel: QmpCommand<{ readonly 'node-name': string }, unknown> = defineCommand(
  'blockdev-del',
  nothing,
);

const blockResize: QmpCommand<ArgumentsOf<'block_resize'>, unknown> = defineCommand('block_resize', nothing);

/** The VMM looks at the size of a disk's file or device again, and the guest is told. */
export async function resizeDisk(qmp: QmpClient, id: string, bytes: number): Promise<void> {
  await qmp.execute(blockResize, { 'node-name': nodeName(id), size: bytes });
}

function nodeName(id: string): string {
  return `${id}-node`;
}

/** The file or device that the image's format is read from. */
function protocol({ path, source, aio }: DiskDevice): Properties {
  return { driver: source === 'device' ? 'host_device' : 'file', filename: path, aio };
}

function cacheOf({ cache }: DiskDevice): Properties {
  return cache === undefined ? {} : { direct: cache.direct, 'no-flush': cache.noFlush };
}

function sectors({ logicalSectorBytes, physicalSectorBytes }: DiskDevice): Properties {
  return {
    ...(logicalSectorBytes === undefined ? {} : { logical_block_size: logicalSectorBytes }),
    ...(physicalSectorBytes === undefined ? {} : { physical_block_size: physicalSectorBytes }),
  };
}

function prefixed(prefix: string, properties: Properties): Properties {
  return Object.fromEntries(Object.entries(properties).map(([key, value]) => [`${prefix}.${key}`, value]));
}

/** What both kinds of disk have: a block node. */
const blockNode: Omit<DeviceDriver<DiskDevice>, 'bus' | 'takesIothread' | 'device'> = {
  descriptors: ({ fd }) => (fd === undefined ? [] : [fd]),

  backendOptions(disk, [fd]) {
    const { id, format, readonly } = disk;
    const cache = prefixed('cache', cacheOf(disk));
    const path = fd === undefined ? disk.path : `/dev/fdset/${fd}`;
    return [
      // Its number names the set as well.
      ...(fd === undefined ? [] : [['-add-fd', `fd=${fd}`, { set: fd }] as [string, string, Properties]]),
      [
        '-blockdev',
        format,
        {
          'node-name': nodeName(id),
          'read-only': readonly,
          ...prefixed('file', protocol({ ...disk, path })),
          ...(Object.keys(cache).length === 0 ? {} : { ...cache, ...prefixed('file', cache) }),
        },
      ],
    ];
  },

  async addBackend(qmp, disk) {
    const { id, format, readonly } = disk;
    const cache = disk.cache === undefined ? {} : { cache: cacheOf(disk) };
    await qmp.execute(blockdevAdd, {
      driver: format,
      'node-name': nodeName(id),
      'read-only': readonly,
      ...cache,
      file: { ...protocol(disk), ...cache },
    });
  },

  async removeBackend(qmp, id) {
    await qmp.execute(blockdevDel, { 'node-name': nodeName(id) });
  },
};

/** Disks on the PCI bus: virtio-blk. */
export const virtioDisk: DeviceDriver<DiskDevice> = {
  ...blockNode,
  bus: 'pci',
  takesIothread: true,
  device: (disk) => ['virtio-blk-pci', virtioBlk(disk)],
};

/** Disks on virtio-mmio. Without KVM it has no ioeventfd, which a thread of a disk's own takes. */
export const mmioDisk: DeviceDriver<DiskDevice> = {
  ...blockNode,
  bus: 'mmio',
  takesIothread: false,
  device: (disk) => ['virtio-blk-device', virtioBlk(disk)],
};

function virtioBlk(disk: DiskDevice): Properties {
  return {
    drive: nodeName(disk.id),
    ...(disk.queues === undefined ? {} : { 'num-queues': disk.queues }),
    ...(disk.queueSize === undefined ? {} : { 'queue-size': disk.queueSize }),
    ...sectors(disk),
  };
}

/** Disks behind a virtio-scsi controller, which has the queues and the thread for all of them. */
export const scsiDisk: DeviceDriver<DiskDevice> = {
  ...blockNode,
  bus: 'scsi',
  takesIothread: false,
  device: (disk) => ['scsi-hd', { drive: nodeName(disk.id), ...sectors(disk) }],
};
