import type { SharedDirectory, VmConfig } from '@hako/hypervisor';
import type { QmpClient } from '@hako/qmp';
import { virtioFsDriver, virtioFsProperties } from '../arguments/virtio-fs.ts';
import { deviceAdd } from '../devices/device-commands.ts';
import type { Places } from '../devices/places.ts';

/**
 * Plugs a share by virtio-fs into a copy of a template, to whose virtiofsd QEMU is connected already. It stays as long as the
 * machine.
 *
 * @throws QemuError `no-free-slot`; QmpError
 */
export async function plugShare(
  qmp: QmpClient,
  places: Places,
  vm: VmConfig,
  share: SharedDirectory,
  index: number,
): Promise<void> {
  const id = `share${index}`;
  await qmp.execute(deviceAdd, {
    driver: virtioFsDriver,
    id,
    ...virtioFsProperties(vm.hypervisor, share.tag, index),
    ...places.take({ id }, 'pci').properties,
  });
}
