import { closeSync, constants, openSync } from 'node:fs';
import type { DiskDevice, VmDevice } from '@hako/hypervisor';
import { type ArgumentsOf, defineCommand, nothing, type QmpClient, type QmpCommand } from '@hako/qmp';
import { integer, object } from '@hako/shape';

interface DescriptorSet {
  readonly 'fdset-id': number;
}

const addDescriptor: QmpCommand<ArgumentsOf<'add-fd'>, DescriptorSet> = defineCommand(
  'add-fd',
  object<DescriptorSet>({ 'fdset-id': integer(0, Number.MAX_SAFE_INTEGER) }, { 'fdset-id': true }),
);
const removeDescriptor: QmpCommand<ArgumentsOf<'remove-fd'>, unknown> = defineCommand('remove-fd', nothing);

/**
 * Files of disks for a QEMU whose user may not open them: they are opened here, and QEMU finds each as a set with one
 * descriptor, under a path of its own (/dev/fdset/N).
 */
export class FdSets {
  readonly #qmp: QmpClient;
  readonly #sets = new Map<string, number>();

  constructor(qmp: QmpClient) {
    this.#qmp = qmp;
  }

  /** The device as QEMU can open it. @throws QmpError; what opening the file throws */
  async give<Device extends VmDevice>(device: Device): Promise<Device> {
    if (!isDisk(device)) return device;
    const fd = openSync(device.path, device.readonly ? constants.O_RDONLY : constants.O_RDWR);
    try {
      const set = await this.#qmp.execute(addDescriptor, {}, { descriptor: fd });
      this.#sets.set(device.id, set['fdset-id']);
      return { ...device, path: `/dev/fdset/${set['fdset-id']}` };
    } finally {
      closeSync(fd);
    }
  }

  /** QEMU closes it, once no disk uses it any more. Nothing happens for a device that has none. */
  async remove(id: string): Promise<void> {
    const set = this.#sets.get(id);
    if (set === undefined) return;
    this.#sets.delete(id);
    await this.#qmp.execute(removeDescriptor, { 'fdset-id': set });
  }
}

export function isDisk(device: VmDevice): device is DiskDevice {
  return device.kind === 'block' || device.kind === 'scsi' || device.kind === 'mmio';
}
