import { closeSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { HypervisorConfig } from '@hako/config';
import type { Problem } from '@hako/errors';
import type {
  Hypervisor,
  HypervisorCapabilities,
  LaunchOptions,
  LaunchPhase,
  TemplateKey,
  VmConfig,
} from '@hako/hypervisor';
import { claimContextId, PosixError } from '@hako/posix';
import { isQmpError, QmpClient } from '@hako/qmp';
import type { Accelerator } from './accelerator/accelerator.ts';
import { type ResolveAcceleratorOptions, resolveAccelerator } from './accelerator/resolve-accelerator.ts';
import { sharesMemory } from './arguments/build-arguments.ts';
import { iothreadIds } from './arguments/iothreads.ts';
import { pidFile } from './arguments/process.ts';
import { devicesAtStart } from './arguments/template.ts';
import { checkAssetHashes } from './asset-hashes.ts';
import { causeOf } from './child.ts';
import { qemuCommandLine } from './command-line.ts';
import { takePlaces } from './devices/device-arguments.ts';
import { pluggedKinds } from './devices/drivers.ts';
import { hostDevicesObstacle, takesHostDevices } from './devices/express-ports.ts';
import { FdSets } from './devices/fd-sets.ts';
import { Hotplug } from './devices/hotplug.ts';
import { checkIommufd } from './devices/iommufd.ts';
import { checkNetworkProcesses } from './devices/network-process.ts';
import { openDisks } from './devices/open-disks.ts';
import { bridgeCount } from './devices/pci-slots.ts';
import { Places } from './devices/places.ts';
import { dumpOnPanic } from './guest-panic.ts';
import { checkHost } from './host-check.ts';
import { hostNotReady } from './host-not-ready.ts';
import { machineKey } from './machine-key.ts';
import { qemuError } from './qemu-error.ts';
import { QemuMachine } from './qemu-machine.ts';
import { type QemuProcess, startQemu } from './qemu-process.ts';
import { MachineResizer } from './size/machine-resizer.ts';
import { loadState } from './template/migration.ts';
import { copyMemory, ownMemoryFile, ownsMemory } from './template/own-memory.ts';
import { plugShare } from './template/plug-share.ts';
import { templateKey } from './template/template-key.ts';
import { startVirtiofsd, type Virtiofsd } from './virtiofsd.ts';
import { vmmUser } from './vmm-user.ts';

export interface QemuHypervisorOptions {
  /** Where KVM's probe is remembered; see ResolveAcceleratorOptions. */
  readonly acceleratorDirectory?: string;
  /** How long QEMU may take from its start until its monitor answers. Default 10 000. */
  readonly startTimeoutMs?: number;
}

/** The QEMU backend. */
export class QemuHypervisor implements Hypervisor {
  readonly kind = 'qemu';
  readonly capabilities: HypervisorCapabilities = {
    shares: new Set(['virtio-fs', 'virtio-9p']),
    hotplugVcpus: true,
    hotplugMemory: true,
    hotplug: pluggedKinds,
    snapshot: true,
  };
  readonly #options: QemuHypervisorOptions;

  constructor(options: QemuHypervisorOptions = {}) {
    this.#options = options;
  }

  check(config: HypervisorConfig): Promise<readonly Problem[]> {
    return checkHost(config);
  }

  /** @throws QemuError; see QemuErrorCode */
  async launch(vm: VmConfig, options: LaunchOptions): Promise<QemuMachine> {
    const checks = await Promise.all([
      checkHost(vm.hypervisor),
      checkAssetHashes(vm),
      checkIommufd(vm),
      checkNetworkProcesses(devicesAtStart(vm)),
    ]);
    const found = checks.flat();
    const problems = found.filter(({ severity }) => severity === 'error');
    if (problems.length > 0) throw hostNotReady(problems);
    const launch = new Launch(vm, options, this.#options);
    return await launch.run();
  }

  /** @throws QemuError `accelerator-unavailable`; what reading the guest's files throws */
  async templateKey(vm: VmConfig): Promise<TemplateKey> {
    return await templateKey(vm, await this.#accelerator(vm));
  }

  /** @throws as templateKey */
  async machineKey(vm: VmConfig): Promise<TemplateKey> {
    const { hypervisor } = vm;
    if (bridgeCount(hypervisor) === 0)
      return {
        obstacle: `machine_type ${hypervisor.machineType}, which cannot plug what a sandbox has of its own`,
      };
    if (takesHostDevices(hypervisor)) return { obstacle: hostDevicesObstacle };
    return { key: await machineKey(vm, await this.#accelerator(vm)) };
  }

  #accelerator({ hypervisor }: VmConfig): Promise<Accelerator> {
    const { acceleratorDirectory: directory } = this.#options;
    return resolveAccelerator(hypervisor, directory === undefined ? {} : { directory });
  }
}

/** One start: what it has made so far, to be undone when a later step fails. */
class Launch {
  readonly #vm: VmConfig;
  readonly #options: LaunchOptions;
  readonly #settings: QemuHypervisorOptions;
  readonly #helpers: Virtiofsd[] = [];
  #qemu: QemuProcess | undefined;
  #helperFailure: string | undefined;
  #undoing = false;

  constructor(vm: VmConfig, options: LaunchOptions, settings: QemuHypervisorOptions) {
    this.#vm = vm;
    this.#options = options;
    this.#settings = settings;
  }

  async run(): Promise<QemuMachine> {
    try {
      this.#options.signal?.throwIfAborted();
      const accelerator = await this.#phase('accelerator', () => this.#resolveAccelerator());
      await this.#phase('share', () => Promise.all([this.#startHelpers(), this.#copyMemory()]));
      return await this.#phase('vmm', () => this.#startVmm(accelerator));
    } catch (error) {
      this.#undoing = true;
      await this.#qemu?.end();
      await Promise.all(this.#helpers.map((helper) => helper.end()));
      await this.#removeMemoryName();
      throw await this.#explain(error);
    }
  }

  async #phase<T>(name: LaunchPhase['name'], action: () => Promise<T>): Promise<T> {
    const startMs = performance.now();
    const result = await action();
    this.#options.onPhase?.({ name, durationMs: performance.now() - startMs });
    return result;
  }

  async #resolveAccelerator(): Promise<Accelerator> {
    const { onNotice, signal } = this.#options;
    const { acceleratorDirectory } = this.#settings;
    const options: ResolveAcceleratorOptions = {
      ...(acceleratorDirectory === undefined ? {} : { directory: acceleratorDirectory }),
      ...(onNotice === undefined ? {} : { onNotice }),
      ...(signal === undefined ? {} : { signal }),
    };
    return await resolveAccelerator(this.#vm.hypervisor, options);
  }

  async #startHelpers(): Promise<void> {
    for (const [index, share] of this.#vm.shares.entries()) {
      if (share.transport !== 'virtio-fs' || this.#vm.template?.role === 'save') continue;
      const helper = await startVirtiofsd(this.#vm, share, index, this.#options.ledger);
      this.#helpers.push(helper);
      void helper.exited.then((exit) => {
        // It leaves with status 0 when QEMU is gone, and is killed when that takes it too long: then QEMU's end came first.
        const leftInOrder = exit.exitCode === 0 || (this.#undoing && exit.exitCode === null);
        if (!leftInOrder) this.#helperFailure ??= helper.describeEnd(exit);
      });
    }
  }

  async #copyMemory(): Promise<void> {
    const { template, runtimeDir } = this.#vm;
    if (template === undefined || !ownsMemory(this.#vm)) return;
    await this.#options.ledger.announce({ kind: 'file', path: ownMemoryFile(runtimeDir) });
    await copyMemory(runtimeDir, template.files.memory);
  }

  /** QEMU has the file, or will never have it. */
  async #removeMemoryName(): Promise<void> {
    if (ownsMemory(this.#vm)) await rm(ownMemoryFile(this.#vm.runtimeDir), { force: true });
  }

  async #startVmm(accelerator: Accelerator): Promise<QemuMachine> {
    const { runtimeDir, logDir, vmmNetwork, selinuxLabel, hypervisor } = this.#vm;
    const { ledger, signal } = this.#options;
    const user = vmmUser(hypervisor);
    if (user !== undefined && 'problem' in user) throw hostNotReady([user.problem]);
    await ledger.announce({ kind: 'process', role: 'qemu', marker: pidFile(runtimeDir) });
    // As another user it may not open the files of disks.
    const disks = openDisks(user === undefined ? [] : devicesAtStart(this.#vm));
    let qemu: QemuProcess;
    let vsock: ReturnType<typeof claimContextId> | undefined;
    try {
      vsock = hypervisor.useVsock ? claimContextId() : undefined;
      const line = await qemuCommandLine(disks.given(this.#vm), accelerator, {
        ...(vsock === undefined ? {} : { contextId: vsock.contextId }),
      });
      qemu = await startQemu(line, runtimeDir, {
        ...(logDir === undefined ? {} : { logDir }),
        ownNetwork: vmmNetwork === 'own' && process.geteuid?.() === 0,
        user,
        // So does the kernel for a device of the host, which may write to any of the guest's memory.
        locksMemory: (hypervisor.enableMemLock || takesHostDevices(hypervisor)) && user !== undefined,
        selinuxLabel,
        vsock,
      });
    } finally {
      disks.close();
      if (vsock !== undefined) closeSync(vsock.fd);
    }
    this.#qemu = qemu;
    await ledger.processStarted('qemu', qemu.child.pid);
    const onAbort = (): void => qemu.child.kill();
    signal?.addEventListener('abort', onAbort);
    try {
      signal?.throwIfAborted();
      const qmp = await QmpClient.connect(qemu.qmpChannel.stream, {
        timeoutMs: this.#settings.startTimeoutMs ?? 10_000,
        sendDescriptor: (fd, text) => qemu.qmpChannel.send(fd, text),
      });
      await this.#removeMemoryName();
      if (hypervisor.guestMemoryDumpPath !== '') void this.#endOnPanic(qmp, qemu);
      const sharedMemory = sharesMemory(this.#vm);
      const resizer = new MachineResizer(qmp, hypervisor, { accelerator, sharedMemory });
      const files = user === undefined ? undefined : new FdSets(qmp);
      const hotplug = await this.#devices(qmp, files);
      const kinds = bridgeCount(hypervisor) === 0 ? new Set<never>() : pluggedKinds;
      const parts = { devices: hotplug, hotplug: kinds, resizer };
      return new QemuMachine(qemu, this.#helpers, qmp, accelerator, parts, this.#vm.template);
    } catch (error) {
      // Its last words, and whether it ended by itself, are complete only when it is gone.
      if (isQmpError(error) && error.code === 'closed') await qemu.child.exited;
      throw error;
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  }

  /** The machine's devices, once it runs; a copy of a template gets its own here. */
  async #devices(qmp: QmpClient, files: FdSets | undefined): Promise<Hotplug> {
    const { hypervisor, devices = [], shares, template } = this.#vm;
    const places = new Places(hypervisor);
    const present = devicesAtStart(this.#vm);
    // As the command line has placed them.
    takePlaces(places, present);
    const hotplug = new Hotplug(qmp, places, present, iothreadIds(hypervisor), files);
    if (template?.role !== 'clone') return hotplug;
    await loadState(qmp, template.files.state);
    for (const [index, share] of shares.entries()) {
      if (share.transport === 'virtio-fs') await plugShare(qmp, places, this.#vm, share, index);
    }
    for (const device of devices) await hotplug.plug(device);
    return hotplug;
  }

  /** A machine that stopped in a panic is kept until its memory is written, and no longer. */
  async #endOnPanic(qmp: QmpClient, qemu: QemuProcess): Promise<void> {
    const notice = await dumpOnPanic(qmp, this.#vm);
    if (notice === undefined) return;
    this.#options.onNotice?.(notice);
    qemu.child.kill();
  }

  /** The error that the caller sees: the first cause, with the last words of all who had some. */
  async #explain(error: unknown): Promise<unknown> {
    const { signal } = this.#options;
    if (signal?.aborted === true)
      return qemuError('aborted', 'starting the VM was aborted', {}, signal.reason);
    const { path: program } = this.#vm.hypervisor;
    const qemu = this.#qemu;
    // Its socket, which QEMU inherits, is connected to before there is a QEMU.
    if (qemu === undefined && this.#helperFailure !== undefined && error instanceof PosixError)
      return qemuError('start-failed', this.#helperFailure, { program }, error);
    if (qemu === undefined || !isQmpError(error)) return error;
    const { stderrTail } = qemu.child;
    const guestConsoleTail = qemu.console.lines();
    const facts = { program, stderrTail, guestConsoleTail };
    if (this.#helperFailure !== undefined)
      return qemuError('start-failed', this.#helperFailure, facts, error);
    if (error.code === 'timeout')
      return qemuError('start-timeout', `QEMU did not start in time: ${error.message}`, facts, error);
    const cause = causeOf(await qemu.child.exited);
    const words = [...(cause === undefined ? [] : [cause]), ...stderrTail.slice(-5)].join(' | ');
    return qemuError(
      'start-failed',
      `QEMU ended while starting${words === '' ? '' : `: ${words}`}`,
      facts,
      error,
    );
  }
}
