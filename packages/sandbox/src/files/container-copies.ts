import { type FSWatcher, lstatSync, watch } from 'node:fs';
import type { AgentClient } from '@hako/agent-client';
import { guestRefused } from '../guest-refused.ts';
import type { CopySource } from './guest-copy.ts';
import { GuestCopy } from './guest-copy.ts';

/** A copy that a container has in the guest in place of a share. */
export interface PlannedCopy extends CopySource {
  /** Whether what changes on the host later is copied too. */
  readonly followed: boolean;
}

/** Copies of the host's files that the containers of a machine without a shared file system have. */
export class ContainerCopies {
  readonly #agent: AgentClient;
  readonly #log: (message: string) => void;
  readonly #watchers = new Map<string, readonly FSWatcher[]>();

  constructor(agent: AgentClient, log: (message: string) => void) {
    this.#agent = agent;
    this.#log = log;
  }

  /** @throws SandboxError `unsupported` for what is too large, `guest-refused` */
  async add(containerId: string, copies: readonly PlannedCopy[]): Promise<void> {
    const watchers: FSWatcher[] = [];
    this.#watchers.set(containerId, watchers);
    for (const planned of copies) {
      const copy = new GuestCopy(this.#agent, planned);
      // Before the first look, so that nothing is missed in between.
      if (planned.followed) watchers.push(this.#follow(planned.source, copy));
      await guestRefused(copy.update(), 'copy files', containerId);
    }
  }

  /** Copies follow the host no more. Idempotent. */
  remove(containerId: string): void {
    for (const watcher of this.#watchers.get(containerId) ?? []) watcher.close();
    this.#watchers.delete(containerId);
  }

  /** All of them. */
  close(): void {
    for (const containerId of [...this.#watchers.keys()]) this.remove(containerId);
  }

  /** Many changes at once are one; what changes while it is being copied is copied again. */
  #follow(source: string, copy: GuestCopy): FSWatcher {
    let due = false;
    let turn: Promise<void> = Promise.resolve();
    const isFolder = lstatSync(source).isDirectory();
    const watcher = watch(source, { persistent: false, recursive: isFolder }, () => {
      if (due) return;
      due = true;
      turn = turn
        .then(() => {
          due = false;
          return copy.update();
        })
        .catch((error: unknown) => this.#log(`${source} changed and could not be copied: ${String(error)}`));
    });
    watcher.on('error', (error) => this.#log(`${source} is not followed any more: ${String(error)}`));
    return watcher;
  }
}
