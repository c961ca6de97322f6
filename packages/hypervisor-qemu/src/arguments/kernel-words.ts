import type { HypervisorConfig, KernelParam } from '@hako/config';
import { takesHostDevices } from '../devices/express-ports.ts';
import type { GuestManifest } from '../guest-manifest.ts';
import { parseVerityParams, verityWords } from './verity.ts';

/**
 * Words for a kernel without a manifest: what Kata gives on x86-64. They leave out hardware that is not there and trust
 * the clock; measured, they save a quarter of the boot.
 */
const baseWords =
  'tsc=reliable no_timer_check rcupdate.rcu_expedited=1 i8042.direct=1 i8042.dumbkbd=1 i8042.nopnp=1 i8042.noaux=1 noreplace-smp reboot=k cryptomgr.notests net.ifnames=0 pci=lastbus=0';
/** Those of them that an arm64 kernel knows. */
const armWords = 'rcupdate.rcu_expedited=1 cryptomgr.notests net.ifnames=0';

/** What the machine says to its kernel, besides the configuration. */
export interface KernelFacts {
  readonly manifest: GuestManifest | undefined;
  readonly maxVcpus: number;
  /** The image is an NVDIMM. */
  readonly nvdimm: boolean;
  /** Rate of the time stamp counter, where the host knows it. kHz. */
  readonly tscKhz?: number | undefined;
}

/** Mount options per file system, as Kata's. */
const rootFlags = {
  ext4: ['data=ordered', 'errors=remount-ro'],
  xfs: [],
  erofs: [],
} as const;

/** Words for a root file system on the image's first partition, as Kata's images have it. */
function rootWords(hypervisor: HypervisorConfig, nvdimm: boolean): string[] {
  const { image, initrd, rootfsType, kernelVerityParams } = hypervisor;
  if (image === '' || initrd !== '') return [];
  const [data, hash] = nvdimm ? ['/dev/pmem0p1', '/dev/pmem0p2'] : ['/dev/vda1', '/dev/vda2'];
  const verity = parseVerityParams(kernelVerityParams);
  const flags = [...(nvdimm && rootfsType !== 'erofs' ? ['dax'] : []), ...rootFlags[rootfsType]];
  return [
    ...(verity === undefined ? [`root=${data}`] : verityWords(verity, data, hash)),
    ...(flags.length === 0 ? [] : [`rootflags=${flags.join(',')}`]),
    'ro',
    `rootfstype=${rootfsType}`,
  ];
}

/**
 * The kernel command line: base words (the manifest's, or those above), the serial console, verbosity, end on panic,
 * vCPU limit, what the machine's devices need, and then the sandbox's words, which therefore win.
 *
 * The console is on so that a guest that dies shows why; `quiet` keeps it to errors, which costs nothing in a good boot.
 */
export function kernelCommandLine(
  hypervisor: HypervisorConfig,
  sandboxWords: readonly KernelParam[],
  { manifest, maxVcpus, nvdimm, tscKhz }: KernelFacts,
): string {
  const { enableIommu, enableDebug, machineType, disableGuestSelinux } = hypervisor;
  const isArm = machineType === 'virt';
  const words = [
    ...(manifest === undefined
      ? [isArm ? armWords : baseWords, ...rootWords(hypervisor, nvdimm)]
      : manifest.boot.kernelParams),
    isArm ? 'console=ttyAMA0' : 'console=ttyS0',
    enableDebug ? 'debug' : 'quiet',
    'panic=1',
    `nr_cpus=${maxVcpus}`,
    // Counted by an emulated kernel whose processor others need too, it comes out up to twenty times too small: then so much too
    // fast goes the guest's time, and with it every time limit.
    ...(tscKhz === undefined || isArm ? [] : [`tsc_early_khz=${tscKhz}`]),
    // Else the kernel keeps 64 MiB for devices that reach no memory above 4 GiB, and clears them: a tenth of an emulated boot. A device
    // of the host may be such a one.
    ...(enableIommu || takesHostDevices(hypervisor) ? [] : ['swiotlb=noforce']),
    ...(enableIommu ? ['intel_iommu=on', 'iommu=pt'] : []),
    ...(disableGuestSelinux ? [] : ['security=selinux', 'selinux=1']),
    ...sandboxWords.map(({ key, value }) => (value === undefined ? key : `${key}=${value}`)),
  ];
  return words.join(' ');
}
