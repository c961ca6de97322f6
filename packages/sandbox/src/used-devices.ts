import type { PluggedDevice, VirtualMachine } from '@hako/hypervisor';
import { sandboxError } from './sandbox-error.ts';

/** A device of the machine. */
export interface UsedDevice {
  readonly id: string;
  readonly where: PluggedDevice;
  /** What it ends with: the last container that uses it, which unplugs it, or the machine, where it cannot be taken out. */
  readonly endsWith: 'last-user' | 'machine';
}

/**
 * Devices of one machine by who uses them: plugged for their first container, and unplugged with the last where they can be. One that
 * cannot stays, and is used again when the same thing comes again. Those who call see to it that one call has ended before the next.
 */
export class UsedDevices<Device extends UsedDevice> {
  readonly #machine: Pick<VirtualMachine, 'isGone' | 'unplug'>;
  readonly #present = new Map<string, { readonly device: Device; readonly users: number }>();
  /** Identities of the devices that a container uses, one entry per use. */
  readonly #used = new Map<string, readonly string[]>();

  /** @param atStart what the machine was started with, by identities; it counts as a user of these */
  constructor(machine: Pick<VirtualMachine, 'isGone' | 'unplug'>, atStart?: ReadonlyMap<string, Device>) {
    this.#machine = machine;
    for (const [identity, device] of atStart ?? []) this.#present.set(identity, { device, users: 1 });
  }

  /** What the machine has for that thing of the host. */
  get(identity: string): Device | undefined {
    return this.#present.get(identity)?.device;
  }

  /** All that the machine has. */
  all(): readonly Device[] {
    return [...this.#present.values()].map(({ device }) => device);
  }

  /** What has stayed in the machine for that thing of the host, and nobody uses. */
  idle(identity: string): Device | undefined {
    const present = this.#present.get(identity);
    return present?.users === 0 && !this.#machine.isGone(present.device.id) ? present.device : undefined;
  }

  /** The device, now used by the container too; plugged where it is not there yet, or where the guest has ejected it. Throws what `plug` throws. */
  async use(containerId: string, identity: string, plug: () => Promise<Device>): Promise<Device> {
    const present = this.#present.get(identity);
    const isThere = present !== undefined && !this.#machine.isGone(present.device.id);
    if (!isThere) this.#present.delete(identity);
    const device = isThere ? present.device : await plug();
    // Who had it before the guest ejected it has it still.
    this.#present.set(identity, { device, users: (present?.users ?? 0) + 1 });
    this.#used.set(containerId, [...(this.#used.get(containerId) ?? []), identity]);
    return device;
  }

  /** Unplugs what no other container uses. @throws SandboxError `teardown-incomplete` when the guest keeps one */
  async letGo(containerId: string): Promise<void> {
    const used = this.#used.get(containerId) ?? [];
    this.#used.delete(containerId);
    const failures: string[] = [];
    for (const identity of used) {
      const present = this.#present.get(identity);
      if (present === undefined) continue;
      const { device, users } = present;
      if (users > 1 || device.endsWith === 'machine') {
        this.#present.set(identity, { device, users: users - 1 });
        continue;
      }
      this.#present.delete(identity);
      try {
        await this.#machine.unplug(device.id);
      } catch (error) {
        failures.push((error as Error).message);
      }
    }
    if (failures.length > 0)
      throw sandboxError('teardown-incomplete', failures.join('; '), { id: containerId });
  }
}
