import type { VirtualMachine } from '@hako/hypervisor';
import type { LinuxResources } from '@hako/oci-spec';
import { parseKernelList } from '@hako/posix';
import type { Host } from '../host.ts';

/**
 * Binds vCPUs to CPUs of the host (`enable_vcpus_pinning`), by Kata's rule: one each while the machine has as many vCPUs as
 * the cpusets of its containers (`linux.resources.cpu.cpus`) name CPUs together; with another number they run where the shim may.
 */
export class VcpuPinning {
  readonly #machine: Pick<VirtualMachine, 'vcpuThreads'>;
  readonly #host: Pick<Host, 'bindThread'>;
  readonly #onNotice: (message: string) => void;
  readonly #cpusets = new Map<string, readonly number[]>();
  #isPinned = false;

  constructor(
    machine: Pick<VirtualMachine, 'vcpuThreads'>,
    host: Pick<Host, 'bindThread'>,
    onNotice: (message: string) => void,
  ) {
    this.#machine = machine;
    this.#host = host;
    this.#onNotice = onNotice;
  }

  /** A container with these resources is there, or has new ones, and the machine has the size for it. What cannot be bound is told. */
  async set(id: string, resources: LinuxResources | undefined): Promise<void> {
    const cpus = resources?.cpu?.cpus;
    // An update without a cpuset leaves it as it was.
    if (cpus !== undefined) this.#cpusets.set(id, parseKernelList(cpus) ?? []);
    await this.#apply();
  }

  /** A container has ended. */
  async remove(id: string): Promise<void> {
    this.#cpusets.delete(id);
    await this.#apply();
  }

  async #apply(): Promise<void> {
    const cpus = [...new Set([...this.#cpusets.values()].flat())].toSorted((a, b) => a - b);
    if (cpus.length === 0 && !this.#isPinned) return;
    try {
      const vcpus = await this.#machine.vcpuThreads();
      const pins = vcpus.length === cpus.length;
      if (!pins && !this.#isPinned) return;
      this.#isPinned = pins;
      for (const thread of new Set(vcpus)) {
        this.#host.bindThread(thread, pins ? cpus.filter((_cpu, index) => vcpus[index] === thread) : []);
      }
    } catch (error) {
      this.#onNotice(`vCPUs are not bound to CPUs ${cpus.join(',')}: ${(error as Error).message}`);
    }
  }
}
