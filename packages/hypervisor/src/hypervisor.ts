import type { Duplex } from 'node:stream';
import type { HypervisorConfig } from '@hako/config';
import type { Problem } from '@hako/errors';
import type { HotplugDevices, VmDevice } from './device.ts';
import type { ResourceLedger } from './host-resource.ts';
import type { VmConfig } from './vm-config.ts';

/** What a backend can do; callers look here before they ask. */
export interface HypervisorCapabilities {
  readonly shares: ReadonlySet<'virtio-fs' | 'virtio-9p'>;
  readonly hotplugVcpus: boolean;
  readonly hotplugMemory: boolean;
  /** Kinds of devices that a machine of this backend may be able to plug; the machine itself says which it can. */
  readonly hotplug: ReadonlySet<VmDevice['kind']>;
  /** Machines can be saved as templates and started as copies of them. */
  readonly snapshot: boolean;
}

/**
 * Which machines a template serves, or one that has booted: those of the same key. Or why none.
 */
export type TemplateKey =
  /** Of hexadecimal digits. It covers all that is in the saved machine: files by their identity, devices, sizes, the host's boot. */
  { readonly key: string } | { readonly obstacle: string };

/** A backend: QEMU today. Holds no state of its own between VMs. */
export interface Hypervisor {
  readonly kind: string;
  readonly capabilities: HypervisorCapabilities;
  /** Every host-side problem that would keep `config` from booting (missing programs, files, kvm), without starting a VM. */
  check(config: HypervisorConfig): Promise<readonly Problem[]>;
  /**
   * Starts the VM's processes and resolves when the machine runs (not when the guest is up).
   * Rejects with the backend's error after undoing what it made; for a copy of a template also when that cannot be used.
   */
  launch(vm: VmConfig, options: LaunchOptions): Promise<VirtualMachine>;
  /** Asked of the machine as it would boot. Starts nothing. */
  templateKey(vm: VmConfig): Promise<TemplateKey>;
  /**
   * Machines of the same key are the same but for their names, their folders, and the devices that they were started with: one that
   * has booted can take the place of another. Or why this one's place can be taken by none. Starts nothing.
   */
  machineKey(vm: VmConfig): Promise<TemplateKey>;
}

export interface LaunchOptions {
  readonly ledger: ResourceLedger;
  readonly signal?: AbortSignal;
  /** Called once per phase that ended, with its duration. */
  readonly onPhase?: (phase: LaunchPhase) => void;
  /** Called with facts worth telling the user once, e.g. that software emulation is used. */
  readonly onNotice?: (message: string) => void;
}

export interface LaunchPhase {
  readonly name: 'accelerator' | 'share' | 'vmm';
  readonly durationMs: number;
}

/** What a VMM gives its guest. */
export interface MachineSize {
  readonly vcpus: number;
  readonly memoryMib: number;
}

/** Why the VM ended. */
export interface VmExit {
  /** Exit status of the VMM, or null when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** Set when a helper (virtiofsd) died and the VM was ended because of it. */
  readonly cause?: string;
}

/** Last words for a boot failure. Guest text is hostile: cut to size, control characters made visible. */
export interface VmDiagnostics {
  readonly guestConsoleTail: readonly string[];
  readonly vmmStderrTail: readonly string[];
}

/**
 * A machine that was launched.
 *
 * running -> paused -> running, and from any of them -> exited (for good). Calls other than `exited`,
 * `diagnostics` and `stop` reject once the VM has exited.
 */
export interface VirtualMachine extends HotplugDevices {
  readonly vmmPid: number;
  /** pids of helpers (virtiofsd), for accounting and cgroups. */
  readonly helperPids: readonly number[];
  readonly accelerator: 'kvm' | 'tcg';
  /** Host end of the agent channel (virtio-serial); open from the start, bytes flow when the guest opens its end. */
  readonly agentChannel: Duplex;
  /** Resolves when the VMM process has been reaped. Never rejects. */
  readonly exited: Promise<VmExit>;
  diagnostics(): Promise<VmDiagnostics>;
  readonly size: MachineSize;
  /**
   * Plugs and unplugs vCPUs and memory. The guest may have to bring online what is new. Answers what it has then: fewer vCPUs
   * than asked for where that is the most it can have, more of either where they cannot be taken out, memory in the steps
   * that the machine has. Rejects with the size as it was. Calls are served one after the other.
   */
  resize(target: MachineSize): Promise<MachineSize>;
  /** Threads of the host that run the vCPUs, in the order of these. Two vCPUs may share one. */
  vcpuThreads(): Promise<readonly number[]>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Goes on in another folder with what `VmConfig.logDir` has until now; what is there already is copied. */
  logTo(directory: string): void;
  /**
   * Stops a machine that was started to be saved and writes its state. Its files are whole when this resolves; the machine is to be
   * stopped then.
   */
  saveTemplate(): Promise<void>;
  /** Ends the VM and its helpers at once and waits until they are reaped. Idempotent. */
  stop(): Promise<void>;
}
