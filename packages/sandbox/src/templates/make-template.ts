import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { connectAgent } from '@hako/agent-client';
import type { Hypervisor, VmConfig } from '@hako/hypervisor';
import type { SandboxConfig } from '@hako/oci-translate';
import { bootFailure } from '../boot-failure.ts';
import type { Host } from '../host.ts';
import { Journal, readJournal } from '../journal.ts';
import { removeTree, undoJournal } from '../undo.ts';
import { vmConfig } from '../vm-config.ts';
import { keepWithin } from './keep-within.ts';
import type { MakerLock, TemplateStore } from './template-store.ts';
import { warmGuest } from './warm-guest.ts';

export interface MakeTemplateOptions {
  /** A sandbox whose copies the template is for. */
  readonly config: SandboxConfig;
  readonly store: TemplateStore;
  readonly hypervisor: Hypervisor;
  readonly host: Host;
  readonly signal?: AbortSignal;
}

/** What came of it. `busy`: another process makes one. */
export type MadeTemplate =
  | { readonly outcome: 'made' | 'there' | 'busy'; readonly key: string }
  | { readonly outcome: 'impossible'; readonly why: string };

/**
 * Boots a machine as the sandbox's would be, has it do once what is asked of every guest, saves it, and puts it into the store.
 * Whatever happens, nothing else of it stays; what a maker that was killed left is undone first. Not for the process that waits for
 * a container: it takes as long as a boot.
 *
 * @throws what the machine's boot throws; SandboxError `boot-failed`; AgentError
 */
export async function makeTemplate(options: MakeTemplateOptions): Promise<MadeTemplate> {
  const { config, store, hypervisor, host } = options;
  const answer = await hypervisor.templateKey(templateVm(config, '/template'));
  if ('obstacle' in answer) return { outcome: 'impossible', why: answer.obstacle };
  const { key } = answer;
  using lock = store.tryLock();
  if (lock === undefined) return { outcome: 'busy', key };
  await clearMakersPlace(lock, host);
  store.dropBroken();
  if (store.find(key) !== undefined) return { outcome: 'there', key };
  try {
    await save(options, lock, key);
    store.forgetFailure();
  } catch (error) {
    store.noteFailure(key, error instanceof Error ? error.message : String(error));
    throw error;
  } finally {
    await clearMakersPlace(lock, host);
  }
  keepWithin(store, { bootId: currentBootId(), spare: key });
  return { outcome: 'made', key };
}

async function save(
  { config, store, hypervisor, host, signal }: MakeTemplateOptions,
  lock: MakerLock,
  key: string,
): Promise<void> {
  const vm = templateVm(config, lock.place);
  for (const folder of [vm.runtimeDir, vm.logDir ?? vm.runtimeDir, ...vm.shares.map((s) => s.hostPath)])
    await mkdir(folder, { recursive: true, mode: 0o700 });
  const files = store.filesToMake(lock);
  const machine = await hypervisor.launch(
    { ...vm, template: { role: 'save', files } },
    {
      ledger: new Journal(join(lock.place, 'journal.jsonl'), (pid) => host.processStartTime(pid)),
      ...(signal === undefined ? {} : { signal }),
    },
  );
  const ended = new AbortController();
  void machine.exited.then(() => ended.abort());
  const onAbort = (): void => void machine.stop();
  signal?.addEventListener('abort', onAbort);
  try {
    const timeoutMs = config.agent.dialTimeoutMs;
    const agent = await connectAgent(machine.agentChannel, { timeoutMs, signal: ended.signal }).catch(
      async (error: unknown) => {
        throw await bootFailure(machine, timeoutMs, error);
      },
    );
    // The connection stays: the guest of a copy sees the same host as before.
    await warmGuest(agent, config);
    await machine.saveTemplate();
  } finally {
    signal?.removeEventListener('abort', onAbort);
    await machine.stop();
  }
  const { hypervisor: settings } = config;
  store.publish(lock, key, {
    version: '1',
    bootId: currentBootId(),
    madeAt: new Date().toISOString(),
    machine: [
      `${settings.machineType}, ${machine.accelerator}`,
      `${machine.size.vcpus} vCPUs`,
      `${machine.size.memoryMib} MiB`,
      settings.sharedFs,
      settings.kernel,
      settings.image === '' ? settings.initrd : settings.image,
    ],
  });
}

/** Undoes what a maker left, with the lock held. */
export async function clearMakersPlace(lock: MakerLock, host: Host): Promise<void> {
  await undoJournal(readJournal(join(lock.place, 'journal.jsonl')), host);
  await removeTree(lock.place, host);
}

/** The machine of which a sandbox's is a copy, with its files below `folder`. */
function templateVm(config: SandboxConfig, folder: string): VmConfig {
  const paths = { vm: join(folder, 'vm'), logs: join(folder, 'logs'), share: join(folder, 'share') };
  return { ...vmConfig(config, paths), id: 'template', vmmNetwork: 'own' };
}

function currentBootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}
