import { defineCommand, nothing, type QmpClient } from '@hako/qmp';
import { virtioMemId } from '../arguments/platform.ts';
import type { ExtraMemory } from './extra-memory.ts';

const qomSet = defineCommand('qom-set', nothing);

/** Memory of a virtio-mem device: the guest is asked to have so much of it, and takes or gives it by itself. */
export class VirtioMem implements ExtraMemory {
  readonly #qmp: QmpClient;
  #memoryMib = 0;

  constructor(qmp: QmpClient) {
    this.#qmp = qmp;
  }

  get memoryMib(): number {
    return this.#memoryMib;
  }

  async grow(memoryMib: number): Promise<void> {
    if (memoryMib > this.#memoryMib) await this.#request(memoryMib);
  }

  async shrink(memoryMib: number): Promise<void> {
    if (memoryMib < this.#memoryMib) await this.#request(memoryMib);
  }

  /** Its device stays. */
  deleted(): Promise<void> {
    return Promise.resolve();
  }

  async #request(memoryMib: number): Promise<void> {
    await this.#qmp.execute(qomSet, {
      path: virtioMemId,
      property: 'requested-size',
      value: memoryMib * 1024 * 1024,
    });
    this.#memoryMib = memoryMib;
  }
}
