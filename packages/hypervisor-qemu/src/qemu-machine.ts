import type { Duplex } from 'node:stream';
import type {
  MachineSize,
  PluggedDevice,
  TemplateUse,
  VirtualMachine,
  VmDevice,
  VmDiagnostics,
  VmExit,
} from '@hako/hypervisor';
import { processStatus } from '@hako/posix';
import type { QmpClient } from '@hako/qmp';
import { cont, queryCpusFast, queryStatus, stop } from '@hako/qmp';
import { type Accelerator, acceleratorName } from './accelerator/accelerator.ts';
import { causeOf } from './child.ts';
import type { Hotplug } from './devices/hotplug.ts';
import { qemuError } from './qemu-error.ts';
import type { QemuProcess } from './qemu-process.ts';
import type { MachineResizer } from './size/machine-resizer.ts';
import { saveState } from './template/migration.ts';
import type { Virtiofsd } from './virtiofsd.ts';

/** What of a machine changes while it runs. */
export interface MachineParts {
  readonly devices: Hotplug;
  /** Kinds of devices that it can plug. */
  readonly hotplug: ReadonlySet<VmDevice['kind']>;
  readonly resizer: MachineResizer;
}

/** A VM in a QEMU process, with its helpers. */
export class QemuMachine implements VirtualMachine {
  readonly vmmPid: number;
  readonly helperPids: readonly number[];
  readonly accelerator: 'kvm' | 'tcg';
  readonly agentChannel: Duplex;
  readonly exited: Promise<VmExit>;
  readonly hotplug: ReadonlySet<VmDevice['kind']>;
  readonly #devices: Hotplug;
  readonly #qemu: QemuProcess;
  readonly #helpers: readonly Virtiofsd[];
  readonly #qmp: QmpClient;
  readonly #resizer: MachineResizer;
  readonly #template: TemplateUse | undefined;
  #hasExited = false;
  #cause: string | undefined;
  #stopping: Promise<void> | undefined;

  constructor(
    qemu: QemuProcess,
    helpers: readonly Virtiofsd[],
    qmp: QmpClient,
    accelerator: Accelerator,
    { devices, hotplug, resizer }: MachineParts,
    template?: TemplateUse,
  ) {
    this.#qemu = qemu;
    this.#helpers = helpers;
    this.#qmp = qmp;
    this.#devices = devices;
    this.#resizer = resizer;
    this.#template = template;
    this.hotplug = hotplug;
    this.vmmPid = qemu.child.pid;
    this.helperPids = helpers.map(({ pid }) => pid);
    this.accelerator = acceleratorName(accelerator);
    this.agentChannel = qemu.agentChannel;
    this.exited = qemu.child.exited.then((exit) => {
      this.#hasExited = true;
      const cause = this.#cause ?? causeOf(exit);
      return cause === undefined ? exit : { ...exit, cause };
    });
    for (const helper of helpers) {
      void helper.exited.then((exit) => {
        if (this.#stopping !== undefined || !isRunning(this.vmmPid)) return;
        // The guest would hang on its file system for ever.
        this.#cause ??= helper.describeEnd(exit);
        qemu.child.kill();
      });
    }
    // Whatever ended QEMU: helpers, sockets and files go with it.
    void qemu.child.exited.then(() => this.stop()).catch(() => undefined);
  }

  get qmp(): QmpClient {
    return this.#qmp;
  }

  diagnostics(): Promise<VmDiagnostics> {
    return Promise.resolve({
      guestConsoleTail: this.#qemu.console.lines(),
      vmmStderrTail: this.#qemu.child.stderrTail,
    });
  }

  async vcpuThreads(): Promise<readonly number[]> {
    this.#demandRunning('list vCPU threads');
    const cpus = await this.#qmp.execute(queryCpusFast);
    return cpus.toSorted((a, b) => a['cpu-index'] - b['cpu-index']).map((cpu) => cpu['thread-id']);
  }

  async pause(): Promise<void> {
    this.#demandRunning('pause');
    await this.#qmp.execute(stop);
  }

  async resume(): Promise<void> {
    this.#demandRunning('resume');
    await this.#qmp.execute(cont);
  }

  logTo(directory: string): void {
    for (const part of [this.#qemu, ...this.#helpers]) part.logTo(directory);
  }

  /** QEMU's own view: `running`, `paused`, `guest-panicked` ... */
  async status(): Promise<string> {
    this.#demandRunning('status');
    return (await this.#qmp.execute(queryStatus)).status;
  }

  async plug(device: VmDevice): Promise<PluggedDevice> {
    const what = `plug ${device.id}`;
    this.#demandRunning(what);
    if (!this.hotplug.has(device.kind))
      throw qemuError(
        'no-free-slot',
        `cannot ${what}: this machine type has no place for devices that come later; use q35 or pc`,
      );
    return await this.#devices.plug(device);
  }

  async unplug(id: string): Promise<void> {
    this.#demandRunning(`unplug ${id}`);
    await this.#devices.unplug(id);
  }

  placeOf(id: string): PluggedDevice | undefined {
    return this.#devices.placeOf(id);
  }

  async resizeDisk(id: string, bytes: number): Promise<void> {
    this.#demandRunning(`resize ${id}`);
    await this.#devices.resizeDisk(id, bytes);
  }

  isGone(id: string): boolean {
    return !this.#devices.has(id);
  }

  get size(): MachineSize {
    return this.#resizer.size;
  }

  async resize(target: MachineSize): Promise<MachineSize> {
    this.#demandRunning('resize');
    return await this.#resizer.resize(target);
  }

  /** @throws QemuError `template-failed`; QmpError */
  async saveTemplate(): Promise<void> {
    this.#demandRunning('save');
    if (this.#template?.role !== 'save')
      throw qemuError('template-failed', 'cannot save: the machine was not started to become a template');
    await saveState(this.#qmp, this.#template.files.state);
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#end();
    return this.#stopping;
  }

  async #end(): Promise<void> {
    this.#qmp.close();
    // Side by side: either has the guest's memory to let go of, and a guest that has no QEMU asks no daemon for anything.
    await Promise.all([this.#qemu, ...this.#helpers].map((part) => part.end()));
  }

  #demandRunning(what: string): void {
    if (this.#hasExited || this.#stopping !== undefined)
      throw qemuError('vm-exited', `cannot ${what}: the VM has ended`);
  }
}

/** False for a process that ends or has ended but is not reaped yet: then its end came first. */
function isRunning(pid: number): boolean {
  const status = processStatus(pid);
  return status !== null && !status.isExiting && status.state !== 'Z' && status.state !== 'X';
}
