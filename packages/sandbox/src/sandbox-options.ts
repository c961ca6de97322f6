import type { Hypervisor } from '@hako/hypervisor';
import type { SandboxConfig } from '@hako/oci-translate';
import type { Host } from './host.ts';
import type { AdoptedMachine } from './spare/spare-machine.ts';
import type { StateStore } from './state-store.ts';
import type { Timings } from './timings.ts';

/** What a sandbox is made of. */
export interface SandboxOptions {
  readonly config: SandboxConfig;
  readonly store: StateStore;
  readonly hypervisor: Hypervisor;
  readonly host: Host;
  readonly timings?: Timings;
  /** Path of the host's cgroup for shim and VMM (see hostCgroupPath). Default: they stay where they are. */
  readonly hostCgroup?: string;
  /** Asks the guest how its boot divides, for `timings`. One call more at each boot. Default false. */
  readonly measureGuest?: boolean;
  /**
   * Has another process make a template for sandboxes like this one, and calls `started` with its pid before it begins. Default: none
   * is made.
   */
  readonly makeTemplate?: (config: SandboxConfig, started: (pid: number) => void) => void;
  /** A machine that was made in advance (see SpareMachine). Default: one is started. */
  readonly ready?: AdoptedMachine | undefined;
  /** Facts worth telling the user once. */
  readonly onNotice?: (message: string) => void;
  /** The guest's kernel killed in that container for want of memory. */
  readonly onOutOfMemory?: (containerId: string) => void;
  /** What happens to machine and containers, a line each; what should not happen as a warning. Default level: info. */
  readonly log?: (message: string, level?: 'info' | 'warning') => void;
}
