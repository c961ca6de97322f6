import { defineCommand, type QmpClient } from '@hako/qmp';
import { integer, list, object, record, type Shape, text } from '@hako/shape';
import { deviceAdd, unplugDevice } from '../devices/device-commands.ts';

/** A place for a vCPU. */
interface CpuPlace {
  /** Driver. */
  readonly type: string;
  /** Its place in the topology, handed back to `device_add`. */
  readonly props: Readonly<Record<string, number>>;
  /** There when the place is taken. */
  readonly 'qom-path'?: string;
}

const int32Max = 2_147_483_647;
const cpuPlace: Shape<CpuPlace> = object<CpuPlace>(
  { type: text, props: record(integer(0, int32Max)), 'qom-path': text },
  { type: true, props: true },
);
const queryHotpluggableCpus = defineCommand('query-hotpluggable-cpus', list(cpuPlace));

/** The vCPUs of one machine beyond those that it was started with. */
export class Vcpus {
  readonly #qmp: QmpClient;
  readonly #plugged: string[] = [];
  #made = 0;

  constructor(qmp: QmpClient) {
    this.#qmp = qmp;
  }

  get count(): number {
    return this.#plugged.length;
  }

  /** Fills free places, the lowest first, until there are `count` or no place is left. @throws QmpError */
  async grow(count: number): Promise<void> {
    if (count <= this.#plugged.length) return;
    const places = await this.#qmp.execute(queryHotpluggableCpus);
    // QEMU lists the highest first.
    for (const { type, props } of places.filter((place) => place['qom-path'] === undefined).reverse()) {
      if (this.#plugged.length >= count) return;
      this.#made += 1;
      const id = `vcpu${this.#made}`;
      await this.#qmp.execute(deviceAdd, { ...props, driver: type, id });
      this.#plugged.push(id);
    }
  }

  /** Takes out the last ones until there are `count`. @throws QemuError `unplug-refused`; QmpError */
  async shrink(count: number): Promise<void> {
    for (
      let id = this.#plugged.at(-1);
      id !== undefined && this.#plugged.length > count;
      id = this.#plugged.at(-1)
    ) {
      await unplugDevice(this.#qmp, id);
      this.deleted(id);
    }
  }

  /** The guest has let it go, asked just now or long ago. */
  deleted(id: string): void {
    const index = this.#plugged.indexOf(id);
    if (index >= 0) this.#plugged.splice(index, 1);
  }
}
