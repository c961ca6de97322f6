import { liveState, type StateReader } from '@hako/sandbox/stored';
import { type OciState, ociState } from './oci-state.ts';
import { table } from './table.ts';

/** Arguments of `list`. */
export interface ListOptions {
  readonly format: 'table' | 'json';
  readonly quiet: boolean;
  /** Also what each one's VM is made of. */
  readonly kataAll: boolean;
}

/** What `list` prints of the containers under a state root. One that vanishes meanwhile is passed over. */
export function listText(
  store: StateReader,
  host: { processStartTime(pid: number): number | null },
  options: ListOptions,
): string {
  const states: ListedState[] = [];
  for (const id of store.list()) {
    try {
      const live = liveState(store, host, id);
      const more = options.kataAll ? machineOf(store, live.sandboxId) : {};
      states.push({ ...ociState(store, live), ...more });
    } catch (error) {
      if (store.exists(id)) throw error;
    }
  }
  return render(states, options);
}

/** What the VM of a container is made of, in the words of Kata's list. */
interface ListedState extends OciState {
  readonly currentHypervisor?: { readonly hypervisorType: string; readonly hypervisorPath: string };
  readonly currentKernel?: string;
  readonly currentImage?: string;
}

function machineOf(store: StateReader, sandboxId: string): Partial<ListedState> {
  const { hypervisor } = store.readSandboxConfig(sandboxId);
  return {
    currentHypervisor: { hypervisorType: 'qemu', hypervisorPath: hypervisor.path },
    currentKernel: hypervisor.kernel,
    currentImage: hypervisor.image,
  };
}

function render(states: readonly ListedState[], { format, quiet, kataAll }: ListOptions): string {
  if (quiet) return states.map(({ id }) => `${id}\n`).join('');
  if (format === 'json') return `${JSON.stringify(states)}\n`;
  return table([
    [
      'ID',
      'PID',
      'STATUS',
      'BUNDLE',
      'CREATED',
      'OWNER',
      ...(kataAll ? ['HYPERVISOR', 'KERNEL', 'IMAGE'] : []),
    ],
    ...states.map(({ id, pid, status, bundle, created, owner, ...vm }) => [
      id,
      String(pid),
      status,
      bundle,
      created,
      owner,
      ...(kataAll
        ? [vm.currentHypervisor?.hypervisorPath ?? '', vm.currentKernel ?? '', vm.currentImage ?? '']
        : []),
    ]),
  ]);
}
