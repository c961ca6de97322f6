import type { HypervisorConfig, KernelParam } from '@hako/config';
import type { GuestManifest } from '../guest-manifest.ts';

/**
 * Words for a kernel without a manifest: what Kata gives on x86-64. They leave out hardware that is not there and trust
 * the clock; measured, they save a quarter of the boot.
 */
const baseWords =
  'tsc=reliable no_timer_check rcupdate.rcu_expedited=1 i8042.direct=1 i8042.dumbkbd=1 i8042.nopnp=1 i8042.noaux=1 noreplace-smp reboot=k cryptomgr.notests net.ifnames=0 pci=lastbus=0';

/** Mount options per file system, as Kata's. */
const rootFlags = {
  ext4: ['rootflags=data=ordered,errors=remount-ro'],
  xfs: [],
  erofs: [],
} as const;

/** Words for a root file system on the image's first partition, as Kata's images have it. */
function rootWords({ image, initrd, rootfsType }: HypervisorConfig): string[] {
  if (image === '' || initrd !== '') return [];
  return ['root=/dev/vda1', ...rootFlags[rootfsType], 'ro', `rootfstype=${rootfsType}`];
}

/**
 * The kernel command line: base words (the manifest's, or those above), the serial console, verbosity, end on panic,
 * vCPU limit, and then the sandbox's words, which therefore win.
 *
 * The console is on so that a guest that dies shows why; `quiet` keeps it to errors, which costs nothing in a good boot.
 */
export function kernelCommandLine(
  hypervisor: HypervisorConfig,
  sandboxWords: readonly KernelParam[],
  manifest: GuestManifest | undefined,
  maxVcpus: number,
): string {
  const words = [
    ...(manifest === undefined ? [baseWords, ...rootWords(hypervisor)] : manifest.boot.kernelParams),
    'console=ttyS0',
    hypervisor.enableDebug ? 'debug' : 'quiet',
    'panic=1',
    `nr_cpus=${maxVcpus}`,
    ...sandboxWords.map(({ key, value }) => (value === undefined ? key : `${key}=${value}`)),
  ];
  return words.join(' ');
}
