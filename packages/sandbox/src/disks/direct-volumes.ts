import type { AgentClient } from '@hako/agent-client';
import type { VolumeStatsResponse } from '@hako/agent-protocol';
import { sandboxError } from '../sandbox-error.ts';
import type { SandboxDisks } from './sandbox-disks.ts';

interface Guest {
  askGuest<T>(what: string, ask: (agent: AgentClient) => Promise<T>): Promise<T>;
}

/** The direct volumes that the containers of a running machine have, by their paths on the host. */
export class DirectVolumes {
  readonly #disks: () => SandboxDisks | undefined;
  readonly #guest: Guest;

  constructor(disks: () => SandboxDisks | undefined, guest: Guest) {
    this.#disks = disks;
    this.#guest = guest;
  }

  /** What is used and free. @throws SandboxError `not-found`, `guest-refused`, `sandbox-gone` */
  async stats(path: string): Promise<VolumeStatsResponse> {
    const volumeGuestPath = this.#demandDisks().guestPathOf(path);
    return this.#guest.askGuest('volume stats', (agent) => agent.getVolumeStats({ volumeGuestPath }));
  }

  /**
   * Makes the file system `bytes` large, on a disk that the host has made large enough.
   *
   * @throws SandboxError `not-found`, `host-refused`, `guest-refused`, `sandbox-gone`
   */
  async resize(path: string, bytes: bigint): Promise<void> {
    const disks = this.#demandDisks();
    const volumeGuestPath = disks.guestPathOf(path);
    await disks.resizeVolume(path, Number(bytes));
    await this.#guest.askGuest('volume resize', (agent) =>
      agent.resizeVolume({ volumeGuestPath, size: bytes }),
    );
  }

  #demandDisks(): SandboxDisks {
    const disks = this.#disks();
    if (disks === undefined) throw sandboxError('sandbox-gone', 'the virtual machine is not running');
    return disks;
  }
}
