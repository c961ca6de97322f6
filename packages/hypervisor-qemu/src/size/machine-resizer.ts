import type { HypervisorConfig } from '@hako/config';
import type { MachineSize } from '@hako/hypervisor';
import type { QmpClient } from '@hako/qmp';
import type { Accelerator } from '../accelerator/accelerator.ts';
import { maxVcpus, plugsVcpus, vcpusAtBoot } from '../arguments/machine.ts';
import { plugsMemory } from '../arguments/memory.ts';
import { followDeleted } from '../devices/device-commands.ts';
import { isQemuError, qemuError } from '../qemu-error.ts';
import { Dimms } from './dimms.ts';
import { blockMib, type ExtraMemory } from './extra-memory.ts';
import { Vcpus } from './vcpus.ts';
import { VirtioMem } from './virtio-mem.ts';

/** What decides how a machine grows, besides the configuration. */
export interface ResizeFacts {
  readonly accelerator: Accelerator;
  /** A process beside QEMU maps the guest's memory. */
  readonly sharedMemory: boolean;
}

/** vCPUs and memory of one running QEMU. */
export class MachineResizer {
  readonly #hypervisor: HypervisorConfig;
  readonly #vcpus: Vcpus;
  readonly #memory: ExtraMemory;
  /**
   * An emulated vCPU that is unplugged stays registered with QEMU's memory map (until QEMU 9.1 at least), which aborts when
   * that map changes next: with the next device. It stays, and the guest may leave it offline.
   */
  readonly #unplugsVcpus: boolean;
  #last: Promise<unknown> = Promise.resolve();

  constructor(qmp: QmpClient, hypervisor: HypervisorConfig, { accelerator, sharedMemory }: ResizeFacts) {
    this.#hypervisor = hypervisor;
    this.#vcpus = new Vcpus(qmp);
    this.#memory = hypervisor.enableVirtioMem ? new VirtioMem(qmp) : new Dimms(qmp, hypervisor, sharedMemory);
    this.#unplugsVcpus = accelerator === 'kvm';
    // What a guest did not let go in time may go later; its connection ends with the machine.
    void followDeleted(qmp, (id) => {
      this.#vcpus.deleted(id);
      void this.#memory.deleted(id).catch(() => undefined);
    }).catch(() => undefined);
  }

  get size(): MachineSize {
    return {
      vcpus: vcpusAtBoot(this.#hypervisor) + this.#vcpus.count,
      memoryMib: this.#hypervisor.defaultMemoryMib + this.#memory.memoryMib,
    };
  }

  /** @throws QemuError `size-refused`; QmpError */
  resize(target: MachineSize): Promise<MachineSize> {
    const turn = this.#last.then(() => this.#resize(target));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #resize(target: MachineSize): Promise<MachineSize> {
    const before = { vcpus: this.#vcpus.count, memoryMib: this.#memory.memoryMib };
    const wanted = {
      vcpus: plugsVcpus(this.#hypervisor)
        ? Math.max(0, Math.min(target.vcpus, maxVcpus(this.#hypervisor)) - vcpusAtBoot(this.#hypervisor))
        : 0,
      memoryMib: plugsMemory(this.#hypervisor) ? this.#extraMemory(target.memoryMib) : 0,
    };
    try {
      await this.#memory.grow(wanted.memoryMib);
      await this.#vcpus.grow(wanted.vcpus);
    } catch (error) {
      await this.#shrink(before);
      throw error;
    }
    await this.#shrink(wanted);
    return this.size;
  }

  /** In whole blocks. @throws QemuError `size-refused` */
  #extraMemory(memoryMib: number): number {
    const { defaultMemoryMib, defaultMaxMemoryMib } = this.#hypervisor;
    const extraMib = Math.ceil(Math.max(0, memoryMib - defaultMemoryMib) / blockMib) * blockMib;
    if (extraMib > 0 && defaultMemoryMib + extraMib > defaultMaxMemoryMib) {
      throw qemuError(
        'size-refused',
        `a machine of ${memoryMib} MiB, in blocks of ${blockMib} MiB, is more than the ${defaultMaxMemoryMib} MiB that default_maxmemory allows`,
      );
    }
    return extraMib;
  }

  /** What the guest does not let go stays, and is seen in `size`. */
  async #shrink({ vcpus, memoryMib }: MachineSize): Promise<void> {
    if (this.#unplugsVcpus) await unlessRefused(this.#vcpus.shrink(vcpus));
    await unlessRefused(this.#memory.shrink(memoryMib));
  }
}

async function unlessRefused(unplug: Promise<void>): Promise<void> {
  try {
    await unplug;
  } catch (error) {
    if (!isQemuError(error) || error.code !== 'unplug-refused') throw error;
  }
}
