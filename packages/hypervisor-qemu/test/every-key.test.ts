import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { configKeys, type HypervisorConfig } from '@hako/config';
import { expect, test } from 'vitest';
import { buildArguments, checkHost } from '../src/index.ts';
import { probeGuestConfig, workspaceRoot } from './support.ts';

type Changes = Partial<HypervisorConfig>;

/** How a key of `[hypervisor.qemu]` has its effect. */
type Witness =
  /** QEMU's command line is another one with `changes`, beside what the machine has `with` it anyway. */
  | { readonly argument: Changes; readonly with?: Changes }
  /** The value is refused, or warned of, under the key's name. */
  | { readonly refused: Changes; readonly with?: Changes }
  /** It is passed on in another place; that test, which names the field, shows it. */
  | { readonly shownBy: string }
  /** Nothing acts on it, and the reference says so in these words: it must be a thing that hako or QEMU does not have at all. */
  | { readonly none: RegExp };

const otherHypervisor = { none: /other hypervisors|Cloud Hypervisor|remote hypervisors|no levels of logs/ };
/** Useless without confidential_guest, which is refused. */
const confidential = { none: /confidential guests are not supported/ };
const templateFile = { none: /templates make themselves/ };
const sandboxDisks = { shownBy: 'packages/sandbox/src/disks/sandbox-disks.test.ts' };
const policy = { shownBy: 'packages/oci-translate/src/policy-from-config.test.ts' };
const network = { shownBy: 'packages/sandbox/src/sandbox-network.test.ts' };

const image = { image: '/image', initrd: '' };

const witnesses: { readonly [Field in keyof HypervisorConfig]-?: Witness } = {
  path: { refused: { path: '/no/qemu' } },
  kernel: { argument: { kernel: '/other' } },
  image: { argument: image },
  initrd: { argument: { initrd: '/other' } },
  rootfsType: { argument: { rootfsType: 'erofs' }, with: image },
  machineType: { argument: { machineType: 'pc' } },
  accelerator: { shownBy: 'packages/hypervisor-qemu/src/accelerator/resolve-accelerator.test.ts' },
  kernelParams: { shownBy: 'packages/oci-translate/src/translate.test.ts' },
  kernelVerityParams: {
    argument: {
      kernelVerityParams: 'root_hash=ab12,salt=cd,data_blocks=8,data_block_size=4096,hash_block_size=4096',
    },
    with: image,
  },
  firmware: { refused: { firmware: '/no/firmware' } },
  firmwareVolume: { argument: { firmwareVolume: '/vars' }, with: { firmware: '/code' } },
  machineAccelerators: { argument: { machineAccelerators: 'pit=off' } },
  cpuFeatures: { argument: { cpuFeatures: 'pmu=on' } },
  pflashes: { argument: { pflashes: ['/flash'] } },
  disableImageNvdimm: { argument: { disableImageNvdimm: true }, with: image },
  vmRootfsDriver: { argument: { vmRootfsDriver: 'virtio-blk' }, with: image },
  useLegacySerial: { none: /always a serial one/ },
  useVsock: { none: /over virtio-serial/ },
  guestHookPath: { shownBy: 'tools/e2e/test/no-share.test.ts' },
  disableNestingChecks: { none: /nothing to adapt/ },
  defaultVcpus: { argument: { defaultVcpus: 3 } },
  defaultMaxVcpus: { argument: { defaultMaxVcpus: 7 } },
  enableNuma: { argument: { enableNuma: true } },
  numaMapping: { argument: { numaMapping: ['1'] }, with: { enableNuma: true } },
  defaultMemoryMib: { argument: { defaultMemoryMib: 512 } },
  memorySlots: { argument: { memorySlots: 3 } },
  defaultMaxMemoryMib: { argument: { defaultMaxMemoryMib: 8192 } },
  memoryOffsetMib: { argument: { memoryOffsetMib: 128 } },
  enableVirtioMem: { argument: { enableVirtioMem: true } },
  enableMemPrealloc: { argument: { enableMemPrealloc: true } },
  reclaimGuestFreedMemory: { argument: { reclaimGuestFreedMemory: true } },
  enableHugepages: { argument: { enableHugepages: true } },
  hugepageType: { argument: { hugepageType: 'thp' }, with: { enableHugepages: true } },
  fileMemBackend: { argument: { fileMemBackend: '/dev/shm' } },
  enableSwap: { none: /locked with enable_mem_lock only/ },
  enableMemLock: { argument: { enableMemLock: true } },
  enableGuestSwap: { refused: { enableGuestSwap: true } },
  guestSwapPath: { none: /enable_guest_swap is refused/ },
  guestSwapSizePercent: { none: /enable_guest_swap is refused/ },
  guestSwapCreateThresholdSecs: { none: /enable_guest_swap is refused/ },
  guestMemoryDumpPath: { argument: { guestMemoryDumpPath: '/dumps' } },
  guestMemoryDumpPaging: { shownBy: 'packages/hypervisor-qemu/src/guest-panic.test.ts' },
  sharedFs: { shownBy: 'tools/e2e/test/files.test.ts' },
  virtioFsDaemon: { refused: { virtioFsDaemon: '/no/virtiofsd' }, with: { sharedFs: 'virtio-fs' } },
  virtioFsCacheSizeMib: { none: /QEMU has no DAX window/ },
  virtioFsQueueSize: { argument: { virtioFsQueueSize: 512 } },
  virtioFsExtraArgs: { shownBy: 'packages/hypervisor-qemu/test/launch.vm.test.ts' },
  virtioFsCache: { shownBy: 'tools/e2e/test/files.test.ts' },
  virtioFsIsDax: { refused: { virtioFsIsDax: true } },
  msize9pBytes: { shownBy: 'packages/sandbox/src/share-storage.test.ts' },
  prefetchListPath: { none: /nydus is not supported/ },
  disableBlockDeviceUse: { shownBy: 'packages/sandbox/src/disks/plan-disks.test.ts' },
  blockDeviceDriver: sandboxDisks,
  blockDeviceAio: sandboxDisks,
  blockDeviceCacheSet: sandboxDisks,
  blockDeviceCacheDirect: sandboxDisks,
  blockDeviceCacheNoflush: sandboxDisks,
  blockDeviceLogicalSectorSizeBytes: sandboxDisks,
  blockDevicePhysicalSectorSizeBytes: sandboxDisks,
  queueSize: sandboxDisks,
  numQueues: sandboxDisks,
  enableIothreads: { argument: { enableIothreads: true } },
  indepIothreads: { argument: { indepIothreads: 2 } },
  enableVhostUserStore: { refused: { enableVhostUserStore: true } },
  vhostUserStorePath: { none: /enable_vhost_user_store is refused/ },
  vhostUserReconnectTimeoutSec: { none: /enable_vhost_user_store is refused/ },
  diskRateLimiterBwMaxRateBitsPerSec: otherHypervisor,
  diskRateLimiterBwOneTimeBurst: otherHypervisor,
  diskRateLimiterOpsMaxRate: otherHypervisor,
  diskRateLimiterOpsOneTimeBurst: otherHypervisor,
  defaultBridges: { argument: { defaultBridges: 3 } },
  enableIommu: { argument: { enableIommu: true } },
  enableIommuPlatform: { argument: { enableIommuPlatform: true } },
  hotPlugVfio: { refused: { hotPlugVfio: 'root-port' } },
  coldPlugVfio: { refused: { coldPlugVfio: 'root-port' } },
  hotplugVfioOnRootBus: { none: /plugs nothing into its root bus/ },
  pcieRootPort: { argument: { pcieRootPort: 2 } },
  pcieSwitchPort: { argument: { pcieSwitchPort: 2 } },
  entropySource: { argument: { entropySource: '/dev/hwrng' } },
  disableVhostNet: network,
  networkQueues: network,
  rxRateLimiterMaxRateBitsPerSec: network,
  txRateLimiterMaxRateBitsPerSec: network,
  netRateLimiterBwMaxRate: otherHypervisor,
  netRateLimiterBwOneTimeBurst: otherHypervisor,
  netRateLimiterOpsMaxRate: otherHypervisor,
  netRateLimiterOpsOneTimeBurst: otherHypervisor,
  enableAnnotations: policy,
  validHypervisorPaths: policy,
  validJailerPaths: policy,
  validCtlpaths: policy,
  validVirtioFsDaemonPaths: policy,
  validVhostUserStorePaths: policy,
  validEntropySources: policy,
  validFileMemBackends: policy,
  confidentialGuest: { refused: { confidentialGuest: true } },
  sevSnpGuest: confidential,
  snpIdBlock: confidential,
  snpIdAuth: confidential,
  snpGuestPolicy: confidential,
  tdxQuoteGenerationServiceSocketPort: confidential,
  measurementAlgo: confidential,
  initdata: confidential,
  remoteHypervisorSocket: otherHypervisor,
  remoteHypervisorTimeoutSec: otherHypervisor,
  defaultGpus: otherHypervisor,
  defaultGpuModel: otherHypervisor,
  rootless: { refused: { rootless: true } },
  rootlessUser: { none: /rootless is refused/ },
  seccompSandbox: { argument: { seccompSandbox: 'off' } },
  enableDebug: { argument: { enableDebug: true } },
  hypervisorLogLevel: otherHypervisor,
  logLevel: otherHypervisor,
  extraMonitorSocket: { argument: { extraMonitorSocket: 'hmp' }, with: { enableDebug: true } },
  disableSelinux: { none: /SELinux labels are not set/ },
  disableGuestSelinux: { refused: { disableGuestSelinux: false } },
  disableSeccomp: otherHypervisor,
  jailerPath: otherHypervisor,
  ctlpath: otherHypervisor,
  bootToBeTemplate: templateFile,
  bootFromTemplate: templateFile,
  memoryPath: templateFile,
  deviceStatePath: templateFile,
};

function argumentsOf(hypervisor: HypervisorConfig): readonly string[] {
  return buildArguments(
    {
      id: 'x',
      runtimeDir: '/run/x',
      hypervisor,
      kernelParams: [],
      shares: [{ tag: 'a', hostPath: '/srv', transport: 'virtio-fs', readonly: false }],
    },
    {
      accelerator: 'tcg',
      firmware: hypervisor.firmware === '' ? 'qboot.rom' : hypervisor.firmware,
      manifest: undefined,
      imageSizeBytes: 4096,
      numaNodes: [0, 1],
      qmpFd: 3,
      agentFd: 4,
      firstDeviceFd: 5,
      shareSockets: new Map([['a', '/run/x/fs0.sock']]),
    },
  );
}

const machine: Changes = { defaultMaxMemoryMib: 4096, defaultMaxVcpus: 4 };

test.each(Object.entries(witnesses))(
  '%s ends in an argument, a QMP command or a refusal',
  async (field, witness) => {
    const key = configKeys.hypervisor[field as keyof HypervisorConfig];
    // What does nothing says so, and only that.
    expect('none' in witness, String(key.effect)).toBe(
      key.effect?.startsWith('accepted, no effect') === true,
    );
    if ('none' in witness) {
      expect(key.effect).toMatch(witness.none);
    } else if ('shownBy' in witness) {
      const text = readFileSync(join(workspaceRoot, witness.shownBy), 'utf8');
      expect(new RegExp(`\\b(${field}|${key.toml})\\b`).test(text), witness.shownBy).toBe(true);
    } else {
      const before = probeGuestConfig({ ...machine, ...witness.with });
      if ('argument' in witness) {
        expect(argumentsOf({ ...before, ...witness.argument })).not.toEqual(argumentsOf(before));
      } else {
        const said = async (config: HypervisorConfig) =>
          (await checkHost(config))
            .map((problem) => problem.field)
            .filter((name) => name.endsWith(`.${key.toml}`));
        expect(await said(before)).toEqual([]);
        expect(await said({ ...before, ...witness.refused })).toHaveLength(1);
      }
    }
  },
);
