import { appendFileSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Hypervisor, VirtualMachine, VmExit } from '@hako/hypervisor';
import type { SandboxConfig } from '@hako/oci-translate';
import type { Host } from '../host.ts';
import { Journal, type JournalEntry, readJournal } from '../journal.ts';
import { makeDirectories } from '../make-directories.ts';
import type { SandboxOptions } from '../sandbox-options.ts';
import { type StartedMachine, startMachine } from '../start-machine.ts';
import type { SandboxPaths } from '../state-paths.ts';
import { freshGuest } from '../templates/fresh-guest.ts';
import { templatesOf } from '../templates/sandbox-templates.ts';
import { warmGuest } from '../templates/warm-guest.ts';
import { Timings } from '../timings.ts';
import { removeTree, undoJournal } from '../undo.ts';
import { vmConfig } from '../vm-config.ts';
import { spareKey } from './spare-key.ts';

export interface SpareMachineOptions extends Pick<SandboxOptions, 'makeTemplate' | 'log'> {
  /** A sandbox that it could be the machine of. */
  readonly config: SandboxConfig;
  /** Its own, which exists; all that it makes is there. */
  readonly folder: string;
  readonly hypervisor: Hypervisor;
  readonly host: Host;
  readonly signal?: AbortSignal;
}

/** A spare machine that has become a sandbox's. */
export interface AdoptedMachine extends StartedMachine {
  /** Where its share and its sockets are. Not in the sandbox's folder: nothing that is mounted or open can be moved there. */
  readonly paths: Pick<SandboxPaths, 'vm' | 'share' | 'shareFolders'>;
  /** Its processes but for this one. */
  readonly pids: readonly number[];
}

const journalName = 'journal.jsonl';

/**
 * A machine without a sandbox: it has booted, or was copied from a template, and is paused.
 *
 * waiting -> handed over -> adopted, or from each of them -> discarded. While it waits its journal is in its own folder alone; handed
 * over, the sandbox's has it too, so that whoever removes the sandbox removes the machine and its folder.
 */
export class SpareMachine {
  readonly exited: Promise<VmExit>;
  readonly #options: SpareMachineOptions;
  readonly #key: string;
  readonly #started: StartedMachine;

  private constructor(options: SpareMachineOptions, key: string, started: StartedMachine) {
    this.#options = options;
    this.#key = key;
    this.#started = started;
    this.exited = started.machine.exited;
  }

  /** Starts one. What is left where it rejects, clearSpareFolder undoes. @throws as startMachine; SandboxError `unsupported` */
  static async make(options: SpareMachineOptions): Promise<SpareMachine> {
    const { config, folder, hypervisor, host, makeTemplate, log = () => {}, signal } = options;
    const paths = pathsIn(folder);
    const journal = new Journal(paths.journal, (pid) => host.processStartTime(pid));
    await makeDirectories(paths, host, journal);
    const key = await spareKey(hypervisor, config);
    let running: VirtualMachine | undefined;
    const onAbort = (): void => void running?.stop();
    signal?.addEventListener('abort', onAbort);
    try {
      const started = await startMachine(
        { ...vmConfig(config, paths), id: 'spare' },
        {
          hypervisor,
          launch: { ledger: journal, onNotice: log, ...(signal === undefined ? {} : { signal }) },
          launched: (machine) => (running = machine),
          templates: templatesOf({
            config,
            hypervisor,
            make: makeTemplate?.bind(undefined, config, () => {}),
            notice: log,
          }),
          dialTimeoutMs: config.agent.dialTimeoutMs,
          timings: new Timings(),
          measureGuest: false,
          log,
        },
      );
      // There is time for it, and the guest's first container finds what it needs loaded and, where it is emulated, translated.
      await warmGuest(started.agent, config).catch((error: unknown) => {
        signal?.throwIfAborted();
        log(`the guest is not warmed: ${error instanceof Error ? error.message : String(error)}`);
      });
      await started.machine.pause();
      return new SpareMachine(options, key, started);
    } catch (error) {
      await running?.stop();
      throw error;
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  }

  get pids(): readonly number[] {
    const { vmmPid, helperPids } = this.#started.machine;
    return [vmmPid, ...helperPids];
  }

  /** From here on it goes with the sandbox that has this journal. */
  handOver(journal: string): void {
    const { folder } = this.#options;
    const itself: JournalEntry = { op: 'announce', resource: { kind: 'directory', path: folder } };
    const own = readFileSync(pathsIn(folder).journal, 'utf8');
    appendFileSync(journal, `${JSON.stringify(itself)}\n${own}`, { mode: 0o600 });
  }

  /**
   * Makes it the machine of the sandbox that it was handed over to; undefined, and it is discarded, where the sandbox's would be another
   * one, or it does not answer any more.
   */
  async adopt(config: SandboxConfig, paths: SandboxPaths): Promise<AdoptedMachine | undefined> {
    const { hypervisor, folder, log } = this.#options;
    const { machine, agent } = this.#started;
    const { vm, share, shareFolders } = pathsIn(folder);
    try {
      if ((await spareKey(hypervisor, config)) !== this.#key)
        throw new Error('the sandbox wants another one');
      await machine.resume();
      await freshGuest(agent);
      mkdirSync(paths.logs, { recursive: true, mode: 0o700 });
      machine.logTo(paths.logs);
      // For those who look for its sockets where every sandbox has them.
      symlinkSync(vm, paths.vm);
      return { machine, agent, paths: { vm, share, shareFolders }, pids: this.pids };
    } catch (error) {
      log?.(
        `the machine that was ready is not used: ${error instanceof Error ? error.message : String(error)}`,
      );
      rmSync(paths.vm, { force: true });
      await this.discard();
      return undefined;
    }
  }

  /** Ends it, and leaves nothing of it. Idempotent. */
  async discard(): Promise<void> {
    const { folder, host } = this.#options;
    await this.#started.machine.stop();
    await clearSpareFolder(folder, host);
  }
}

/** Undoes what a spare machine made, and removes its folder. Idempotent. */
export async function clearSpareFolder(folder: string, host: Host): Promise<void> {
  await undoJournal(readJournal(pathsIn(folder).journal), host);
  await removeTree(folder, host);
}

function pathsIn(folder: string): Pick<SandboxPaths, 'vm' | 'share' | 'shareFolders' | 'logs' | 'journal'> {
  return {
    vm: join(folder, 'vm'),
    share: join(folder, 'share'),
    shareFolders: join(folder, 'share-folders'),
    logs: join(folder, 'logs'),
    journal: join(folder, journalName),
  };
}
