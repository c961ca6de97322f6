export type { Accelerator } from './accelerator/accelerator.ts';
export {
  type ProbeOptions,
  type ProbeResult,
  probeDeadlineMs,
  probeKvm,
} from './accelerator/probe-kvm.ts';
export type { ProbeAnswer } from './accelerator/probe-store.ts';
export {
  type ExpectedAccelerator,
  expectedAccelerator,
  type ResolveAcceleratorOptions,
  resolveAccelerator,
} from './accelerator/resolve-accelerator.ts';
export { agentPortName, buildArguments, type HostSide } from './arguments/build-arguments.ts';
export { kernelCommandLine } from './arguments/kernel-words.ts';
export { debugConsoleSocket, type InheritedSocket } from './arguments/sockets.ts';
export { type QemuCommandLine, qemuCommandLine } from './command-line.ts';
export { chooseFirmware } from './firmware.ts';
export { type GuestManifest, readGuestManifest } from './guest-manifest.ts';
export { checkHost } from './host-check.ts';
export { isQemuError, QemuError, type QemuErrorCode, type QemuErrorFacts } from './qemu-error.ts';
export { QemuHypervisor, type QemuHypervisorOptions } from './qemu-hypervisor.ts';
export { QemuMachine } from './qemu-machine.ts';
export {
  detectVirtiofsd,
  parseVirtiofsdVersion,
  type VirtiofsdFlavour,
  type VirtiofsdOptions,
  virtiofsdArguments,
} from './virtiofsd-arguments.ts';
