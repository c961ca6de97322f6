import { qemuError } from '../qemu-error.ts';

/** Id of the controller of all SCSI disks. */
export const scsiControllerId = 'scsi0';
export const scsiControllerDriver = 'virtio-scsi-pci';

/** Target and unit of a disk behind the controller. */
export interface ScsiUnit {
  readonly target: number;
  readonly lun: number;
}

const lunsPerTarget = 256;
const mostTargets = 256;

/** Which disk is where behind the controller: 256 units in each of 256 targets, as with Kata. */
export class ScsiUnits {
  readonly #taken = new Map<string, number>();

  /** The first free unit, now of `id`. @throws QemuError `no-free-slot` */
  take(id: string): ScsiUnit {
    const used = new Set(this.#taken.values());
    let index = 0;
    while (used.has(index)) index++;
    if (index === lunsPerTarget * mostTargets)
      throw qemuError('no-free-slot', `all ${index} places for SCSI disks are taken`);
    this.#taken.set(id, index);
    return unitOf(index);
  }

  of(id: string): ScsiUnit | undefined {
    const index = this.#taken.get(id);
    return index === undefined ? undefined : unitOf(index);
  }

  release(id: string): void {
    this.#taken.delete(id);
  }
}

function unitOf(index: number): ScsiUnit {
  return { target: Math.floor(index / lunsPerTarget), lun: index % lunsPerTarget };
}
