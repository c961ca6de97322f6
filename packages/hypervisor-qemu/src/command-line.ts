import type { VmConfig } from '@hako/hypervisor';
import type { Accelerator } from './accelerator/accelerator.ts';
import { buildArguments } from './arguments/build-arguments.ts';
import { type InheritedSocket, socketsOf } from './arguments/sockets.ts';
import { devicesAtStart } from './arguments/template.ts';
import { deviceDescriptors } from './devices/device-arguments.ts';
import { chooseFirmware } from './firmware.ts';
import { guestDirectory, readGuestManifest } from './guest-manifest.ts';
import { hostFacts } from './host-facts.ts';

/** QEMU as it is started for a VM. */
export interface QemuCommandLine {
  readonly program: string;
  /** Without the program. */
  readonly arguments: readonly string[];
  /** The guest kernel's command line, which is one of the arguments. */
  readonly kernel: string;
  /** Values of the `-device` options, in their order. */
  readonly devices: readonly string[];
  /** Sockets that QEMU inherits after those of monitor and agent. */
  readonly sockets: readonly InheritedSocket[];
  /** Descriptors of this process that QEMU inherits after all sockets. */
  readonly inherit: readonly number[];
}

/** Descriptors in QEMU: the listening sockets of monitor and agent (or the device of vsock) are the first two that it inherits. */
const fds = { qmpFd: 3, agentFd: 4, firstFd: 5 };

/**
 * The command line that a VM is started with. `launch` asks here as well, so what this says is what runs. Reads the
 * guest's manifest, the kernel's first bytes and the image's size; starts nothing and makes nothing.
 *
 * @param options.guestFolder where the guest's manifest is; default: beside its image, or its kernel
 * @param options.contextId of the machine with `use_vsock`; default: the first there is, for a line that is only looked at
 */
export async function qemuCommandLine(
  vm: VmConfig,
  accelerator: Accelerator,
  options: { readonly guestFolder?: string; readonly contextId?: number } = {},
): Promise<QemuCommandLine> {
  const { hypervisor } = vm;
  const { guestFolder = guestDirectory(hypervisor), contextId = 3 } = options;
  const [manifest, firmware] = await Promise.all([
    readGuestManifest(guestFolder),
    chooseFirmware(hypervisor),
  ]);
  const facts = await hostFacts(hypervisor, manifest !== undefined, accelerator);
  const args = buildArguments(vm, { accelerator, firmware, manifest, contextId, ...fds, ...facts });
  return {
    program: hypervisor.path,
    arguments: args,
    kernel: valuesOf(args, '-append').join(' '),
    devices: valuesOf(args, '-device'),
    sockets: socketsOf(vm).all,
    inherit: deviceDescriptors(devicesAtStart(vm)),
  };
}

function valuesOf(args: readonly string[], option: string): string[] {
  return args.flatMap((word, index) => (args[index - 1] === option ? [word] : []));
}
