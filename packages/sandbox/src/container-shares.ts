import type { ResourceLedger } from '@hako/hypervisor';
import type { ContainerConfig, SandboxConfig } from '@hako/oci-translate';
import type { Host } from './host.ts';
import { type SharedContainer, type SharePaths, shareContainer, unshareContainer } from './share.ts';

/** What the containers of one sandbox have in its share, by container id. */
export class ContainerShares {
  readonly #paths: SharePaths;
  readonly #host: Host;
  readonly #ledger: ResourceLedger;
  readonly #names = new Map<string, string>();
  #made = 0;

  constructor(paths: SharePaths, host: Host, ledger: ResourceLedger) {
    this.#paths = paths;
    this.#host = host;
    this.#ledger = ledger;
  }

  /**
   * Shares a container, and with the sandbox's own one what is the sandbox's; one of an id that has been there before goes by another name, since the guest
   * remembers what it has seen under the name before. (No id holds a `@`.)
   *
   * @throws SandboxError as shareContainer does
   */
  async add(
    container: ContainerConfig,
    sandbox: SandboxConfig,
    rootfsIsDisk = false,
  ): Promise<SharedContainer> {
    const { id } = container;
    this.#made += 1;
    const name = this.#names.has(id) ? `${id}@${this.#made}` : id;
    this.#names.set(id, name);
    const shared = await shareContainer(
      { paths: this.#paths, name, container, sandbox, rootfsIsDisk },
      this.#host,
      this.#ledger,
    );
    if (id !== sandbox.id || sandbox.runtime.sandboxBindMounts.length === 0) return shared;
    // Loaded by those few who need it.
    const { shareSandboxMounts } = await import('./share-sandbox-mounts.ts');
    const copies = await shareSandboxMounts(this.#paths, sandbox, this.#host, this.#ledger);
    return { ...shared, copies: [...shared.copies, ...copies] };
  }

  /** Takes it out again. Idempotent. @throws SandboxError `teardown-incomplete` */
  async remove(id: string): Promise<void> {
    const name = this.#names.get(id);
    if (name !== undefined) await unshareContainer({ paths: this.#paths, name }, this.#host);
  }
}
