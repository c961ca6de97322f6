import { join } from 'node:path';
import type { SharedDirectory, VmConfig } from '@hako/hypervisor';
import { bridgeArguments, deviceArguments } from '../devices/device-arguments.ts';
import { bridgeCount, PciSlots } from '../devices/pci-slots.ts';
import { type GuestManifest, guestDirectory } from '../guest-manifest.ts';
import { kernelCommandLine } from './kernel-words.ts';
import { machineArguments, maxVcpus, smpArguments } from './machine.ts';
import { option } from './option.ts';

/** What the host adds to a VmConfig to make it a command line. */
export interface HostSide {
  readonly accelerator: 'kvm' | 'tcg';
  /** `-bios` value, or undefined for QEMU's default. */
  readonly firmware: string | undefined;
  /** Manifest of the guest, when its image has one beside it. */
  readonly manifest: GuestManifest | undefined;
  /** Descriptor, in QEMU, of the listening socket for QMP. */
  readonly qmpFd: number;
  /** Descriptor, in QEMU, of the listening socket behind the agent's virtio-serial port. */
  readonly agentFd: number;
  /** Descriptor, in QEMU, of the first one that a device needs; the others follow. */
  readonly firstDeviceFd: number;
  /** Socket of the virtiofsd that serves the share, by tag. */
  readonly shareSockets: ReadonlyMap<string, string>;
}

/** Name of the virtio-serial port that carries the agent protocol. */
export const agentPortName = 'agent.channel.0';

/** File that QEMU writes its pid to; its path also makes the process findable by the runtime directory. */
export function pidFile(runtimeDir: string): string {
  return join(runtimeDir, 'qemu.pid');
}

/** True when a device outside QEMU's process maps the guest's memory. */
function needsSharedMemory(shares: readonly SharedDirectory[]): boolean {
  return shares.some(({ transport }) => transport === 'virtio-fs');
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
  const initrd = initrdOf(hypervisor, host.manifest);
  const bridges = bridgeCount(hypervisor);
  const slots = bridges === 0 ? undefined : new PciSlots(bridges);
  return [
    ...['-name', option(`guest=sandbox-${vm.id}`, { 'debug-threads': true })],
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot'],
    // What QEMU may never do: become another user, start programs, change priorities, use calls nobody needs.
    ...['-sandbox', 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny'],
    ...['-pidfile', pidFile(vm.runtimeDir)],
    ...machineArguments(hypervisor, host.accelerator, { sharedMemory: needsSharedMemory(vm.shares) }),
    ...smpArguments(hypervisor),
    ...['-rtc', 'base=utc,driftfix=slew'],
    ...socketChardev('qmp', host.qmpFd),
    ...['-mon', 'chardev=qmp,mode=control'],
    ...['-chardev', 'stdio,id=console,signal=off', '-serial', 'chardev:console'],
    ...bridgeArguments(hypervisor.machineType === 'pc' ? 'pci.0' : 'pcie.0', bridges),
    // The first virtio device: the guest names ports after the device's number, and the probe guest opens /dev/vport0p1.
    ...agentArguments(host.agentFd),
    ...(image === '' ? [] : imageArguments(image)),
    ...['-object', option('rng-random', { id: 'rng0', filename: hypervisor.entropySource })],
    ...pciDevice('virtio-rng-pci', { rng: 'rng0' }),
    ...vm.shares.flatMap((share, index) => shareArguments(share, index, vm, host)),
    ...deviceArguments(vm.devices ?? [], slots, host.firstDeviceFd),
    ...['-kernel', kernel],
    ...(initrd === '' ? [] : ['-initrd', initrd]),
    ...['-append', kernelCommandLine(hypervisor, vm.kernelParams, host.manifest, maxVcpus(hypervisor))],
    ...(host.firmware === undefined ? [] : ['-bios', host.firmware]),
  ];
}

/** The configured initrd, or the stage 1 that the guest's manifest names for its image; empty for neither. */
function initrdOf(hypervisor: VmConfig['hypervisor'], manifest: GuestManifest | undefined): string {
  if (hypervisor.initrd !== '' || manifest === undefined) return hypervisor.initrd;
  return join(guestDirectory(hypervisor), manifest.boot.initrd);
}

function pciDevice(
  driver: string,
  properties: Readonly<Record<string, string | number | boolean | undefined>>,
): string[] {
  // No option ROM: nothing boots from these devices.
  return ['-device', option(driver, { ...properties, romfile: '' })];
}

function socketChardev(id: string, fd: number): string[] {
  return ['-chardev', option('socket', { id, fd, server: true, wait: false })];
}

/** The guest image, read-only at the VMM: no guest can change what the next one boots. */
function imageArguments(image: string): string[] {
  const file = {
    driver: 'file',
    filename: image,
    'node-name': 'image-file',
    'read-only': true,
    locking: 'off',
  };
  const node = { driver: 'raw', file: 'image-file', 'node-name': 'image', 'read-only': true };
  return [
    ...['-blockdev', JSON.stringify(file)],
    ...['-blockdev', JSON.stringify(node)],
    ...pciDevice('virtio-blk-pci', { id: 'image0', drive: 'image', 'share-rw': true }),
  ];
}

function agentArguments(fd: number): string[] {
  return [
    ...socketChardev('agent', fd),
    // Two ports: 0 is kept for a console, 1 is the agent's. The default of 31 costs the guest 64 queues.
    ...pciDevice('virtio-serial-pci', { id: 'serial0', max_ports: 2 }),
    ...['-device', option('virtserialport', { id: 'channel0', chardev: 'agent', name: agentPortName })],
  ];
}

function shareArguments(share: SharedDirectory, index: number, vm: VmConfig, host: HostSide): string[] {
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
      ...pciDevice('virtio-9p-pci', { fsdev: `fs${index}`, mount_tag: tag }),
    ];
  }
  const socket = host.shareSockets.get(tag);
  if (socket === undefined) throw new RangeError(`no virtiofsd socket for share ${tag}`);
  return [
    ...['-chardev', option('socket', { id: `fs${index}`, path: socket })],
    ...pciDevice('vhost-user-fs-pci', {
      chardev: `fs${index}`,
      tag,
      'queue-size': vm.hypervisor.virtioFsQueueSize,
    }),
  ];
}
