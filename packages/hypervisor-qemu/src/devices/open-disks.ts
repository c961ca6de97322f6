import { closeSync, constants, openSync } from 'node:fs';
import type { VmConfig, VmDevice } from '@hako/hypervisor';
import { isDisk } from './fd-sets.ts';

export interface OpenDisks {
  /** The machine with them. */
  given(vm: VmConfig): VmConfig;
  /** QEMU has inherited its own descriptors, or never will. */
  close(): void;
}

/** Opens the files of the disks among devices, for a QEMU that may not. @throws what opening a file throws */
export function openDisks(devices: readonly VmDevice[]): OpenDisks {
  const fds = new Map<string, number>();
  const close = (): void => {
    for (const fd of fds.values()) closeSync(fd);
  };
  try {
    for (const device of devices)
      if (isDisk(device))
        fds.set(device.id, openSync(device.path, device.readonly ? constants.O_RDONLY : constants.O_RDWR));
  } catch (error) {
    close();
    throw error;
  }
  return {
    given: ({ devices: own = [], ...vm }) => ({
      ...vm,
      devices: own.map((device) => {
        const fd = fds.get(device.id);
        return fd === undefined || !isDisk(device) ? device : { ...device, fd };
      }),
    }),
    close,
  };
}
