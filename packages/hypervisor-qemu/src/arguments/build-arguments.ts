import { join } from 'node:path';
import type { SharedDirectory, VmConfig } from '@hako/hypervisor';
import type { Accelerator } from '../accelerator/accelerator.ts';
import { bridgeArguments, deviceArguments } from '../devices/device-arguments.ts';
import { iommufdArguments } from '../devices/iommufd.ts';
import { bridgeCount } from '../devices/pci-slots.ts';
import { Places } from '../devices/places.ts';
import { type GuestManifest, guestDirectory } from '../guest-manifest.ts';
import { pciDevice, socketClient, socketServer, virtioDevice } from './device.ts';
import { firmwareArguments } from './firmware-arguments.ts';
import { imageDiskArguments, imageNvdimmArguments } from './guest-image.ts';
import { iothreadArguments, iothreadIds } from './iothreads.ts';
import { kernelCommandLine } from './kernel-words.ts';
import { machineArguments, maxVcpus, smpArguments } from './machine.ts';
import { isImageNvdimm, memoryArguments, takesNvdimms } from './memory.ts';
import { option } from './option.ts';
import { pciHoleArguments } from './pci-hole.ts';
import {
  balloonArguments,
  iommuArguments,
  panicArguments,
  rngArguments,
  virtioMemArguments,
} from './platform.ts';
import { portArguments } from './ports.ts';
import { extraMonitorArguments, processArguments } from './process.ts';
import { type InheritedSocket, socketsOf } from './sockets.ts';
import { devicesAtStart, templateMemory } from './template.ts';
import { shareChardev, virtioFsDriver, virtioFsProperties } from './virtio-fs.ts';

/** What the host adds to a VmConfig to make it a command line. */
export interface HostSide {
  readonly accelerator: Accelerator;
  /** `-bios` value, or undefined for QEMU's default. */
  readonly firmware: string | undefined;
  /** Manifest of the guest, when its image has one beside it. */
  readonly manifest: GuestManifest | undefined;
  /** Descriptor, in QEMU, of the listening socket for QMP. */
  readonly qmpFd: number;
  /** Descriptor, in QEMU, of the listening socket behind the agent's virtio-serial port; with `use_vsock` of the host's device. */
  readonly agentFd: number;
  /** The machine's address with `use_vsock`. */
  readonly contextId?: number;
  /** Descriptor, in QEMU, of the first of `socketsOf`; the others follow, and those of the devices. */
  readonly firstFd: number;
  /** Size of the guest's image; needed where it is an NVDIMM. Bytes. */
  readonly imageSizeBytes?: number;
  /** Numbers of the host's NUMA nodes. Default: one, 0. */
  readonly numaNodes?: readonly number[];
  /** Rate of the time stamp counter of an emulated guest, in kHz. Default: the guest counts. */
  readonly tscKhz?: number;
}

/** Name of the virtio-serial port that carries the agent protocol. */
export const agentPortName = 'agent.channel.0';

/** Name of the virtio-serial port on which the agent offers a shell. */
const debugConsolePortName = 'agent.debug_console';

type FdOf = (socket: InheritedSocket) => number;

/** True when a process beside QEMU maps the guest's memory. */
export function sharesMemory({
  shares,
  devices = [],
  hypervisor,
}: Pick<VmConfig, 'shares' | 'devices' | 'hypervisor'>): boolean {
  return (
    shares.some(({ transport }) => transport === 'virtio-fs') ||
    devices.some(({ kind }) => kind === 'vhost-user') ||
    // They are plugged once it runs.
    hypervisor.enableVhostUserStore
  );
}

/**
 * QEMU's arguments (without the program) for a VM. Pure: same input, same list.
 *
 * QEMU's standard output is the guest's serial console. Everything with a socket gets a descriptor, so that the caller
 * can connect before QEMU runs.
 */
export function buildArguments(vm: VmConfig, host: HostSide): string[] {
  const { hypervisor } = vm;
  const { kernel, image } = hypervisor;
  const bridges = bridgeCount(hypervisor);
  const shared = sharesMemory(vm);
  const nvdimm = isImageNvdimm(hypervisor, host.manifest !== undefined);
  const initrd = initrdOf(hypervisor, host.manifest, nvdimm);
  const sockets = socketsOf(vm);
  /** Of a socket's descriptor in QEMU. */
  const fdOf = (socket: InheritedSocket): number => host.firstFd + sockets.all.indexOf(socket);
  const memory = memoryArguments(hypervisor, {
    shared,
    hostNodes: host.numaNodes ?? [0],
    file: templateMemory(vm),
    nvdimm,
  });
  const firmware = firmwareArguments(hypervisor, host.firmware);
  return [
    ...processArguments(vm, host.qmpFd),
    ...extraMonitorArguments(hypervisor, sockets.extraMonitor, fdOf),
    ...firmware.arguments,
    ...machineArguments(hypervisor, host.accelerator, {
      memoryBackend: memory.machineBackend,
      nvdimm: nvdimm || takesNvdimms(hypervisor),
      pflash: firmware.pflash,
    }),
    ...smpArguments(hypervisor),
    ...memory.arguments,
    ...['-rtc', 'base=utc,driftfix=slew'],
    ...pciHoleArguments(vm),
    ...iommuArguments(hypervisor),
    ...bridgeArguments(hypervisor.machineType === 'pc' ? 'pci.0' : 'pcie.0', bridges),
    ...portArguments(hypervisor),
    ...panicArguments(hypervisor),
    ...['-chardev', 'stdio,id=console,signal=off', '-serial', 'chardev:console'],
    // The first virtio device: the guest names ports after the device's number, and the probe guest opens /dev/vport0p1.
    ...agentArguments(vm, host, sockets.debugConsole, fdOf),
    ...(image === '' || nvdimm ? [] : imageDiskArguments(hypervisor)),
    ...(nvdimm ? imageNvdimmArguments(hypervisor, host.imageSizeBytes ?? 0) : []),
    ...rngArguments(hypervisor),
    ...balloonArguments(hypervisor),
    ...virtioMemArguments(hypervisor, shared),
    ...iothreadArguments(hypervisor),
    ...vm.shares.flatMap((share, index) => shareArguments(share, index, vm, sockets.share(index), fdOf)),
    ...iommufdArguments(devicesAtStart(vm)),
    ...deviceArguments(
      devicesAtStart(vm),
      new Places(hypervisor),
      host.firstFd + sockets.all.length,
      iothreadIds(hypervisor),
    ),
    ...(vm.template?.role === 'clone' ? ['-incoming', 'defer'] : []),
    ...['-kernel', kernel],
    ...(initrd === '' ? [] : ['-initrd', initrd]),
    '-append',
    kernelCommandLine(hypervisor, vm.kernelParams, {
      manifest: host.manifest,
      maxVcpus: maxVcpus(hypervisor),
      nvdimm,
      tscKhz: host.tscKhz,
    }),
  ];
}

/** The configured initrd, or the stage 1 that the guest's manifest names for its image; empty for neither. */
function initrdOf(
  hypervisor: VmConfig['hypervisor'],
  manifest: GuestManifest | undefined,
  nvdimm: boolean,
): string {
  if (hypervisor.initrd !== '' || manifest === undefined) return hypervisor.initrd;
  const { initrd, nvdimmInitrd = initrd } = manifest.boot;
  return join(guestDirectory(hypervisor), nvdimm ? nvdimmInitrd : initrd);
}

function agentArguments(
  { hypervisor }: VmConfig,
  { agentFd, contextId }: Pick<HostSide, 'agentFd' | 'contextId'>,
  debugConsole: InheritedSocket | undefined,
  fdOf: FdOf,
): string[] {
  const hasConsole = debugConsole !== undefined;
  const consolePort = hasConsole ? debugConsoleArguments(fdOf(debugConsole)) : [];
  // Port 0 is kept for a console, 1 is the agent's. The default of 31 costs the guest 64 queues.
  const ports = { id: 'serial0', max_ports: hasConsole ? 3 : 2 };
  const serial = virtioDevice(hypervisor, 'virtio-serial-pci', ports);
  if (hypervisor.useVsock) {
    const properties = { id: 'vsock0', 'guest-cid': contextId, vhostfd: agentFd };
    const vsock = virtioDevice(hypervisor, 'vhost-vsock-pci', properties);
    return [...vsock, ...(hasConsole ? serial : []), ...consolePort];
  }
  return [
    ...socketServer('agent', { fd: agentFd }),
    ...serial,
    ...pciDevice('virtserialport', { id: 'channel0', chardev: 'agent', name: agentPortName }),
    ...consolePort,
  ];
}

/** The port on which the agent offers a shell, where the kernel's words ask for one. Who may enter the folder may use it. */
function debugConsoleArguments(fd: number): string[] {
  return [
    ...socketServer('debug-console', { fd }),
    ...pciDevice('virtserialport', { id: 'channel1', chardev: 'debug-console', name: debugConsolePortName }),
  ];
}

function shareArguments(
  share: SharedDirectory,
  index: number,
  vm: VmConfig,
  socket: InheritedSocket | undefined,
  fdOf: FdOf,
): string[] {
  const { tag, hostPath, transport, readonly } = share;
  if (transport === 'virtio-9p') {
    return [
      '-fsdev',
      option('local', {
        id: `fs${index}`,
        path: hostPath,
        security_model: 'none',
        // Files of several host file systems get inode numbers that do not clash.
        multidevs: 'remap',
        readonly: readonly ? true : undefined,
      }),
      ...virtioDevice(vm.hypervisor, 'virtio-9p-pci', { fsdev: `fs${index}`, mount_tag: tag }),
    ];
  }
  // A machine that is saved has none.
  if (socket === undefined) return [];
  return [
    ...socketClient(shareChardev(index), { fd: fdOf(socket) }),
    // Plugged into a copy of a template: see `plugShare`.
    ...(vm.template !== undefined ? [] : virtioFsDevice(share, index, vm)),
  ];
}

function virtioFsDevice({ tag }: SharedDirectory, index: number, { hypervisor }: VmConfig): string[] {
  return virtioDevice(hypervisor, virtioFsDriver, virtioFsProperties(hypervisor, tag, index));
}
