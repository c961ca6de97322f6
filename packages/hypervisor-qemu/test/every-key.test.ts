import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { configKeys, type HypervisorConfig, isEitherWay, isRefusal } from '@hako/config';
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
  /** It says more about what that other key asks for, which is refused. */
  | { readonly parameterOf: keyof HypervisorConfig }
  /** What it asks for is so anyway, and the reference says in these words why. */
  | { readonly eitherWay: RegExp };

const confidential = { parameterOf: 'confidentialGuest' } as const;
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
  useLegacySerial: { eitherWay: /always a serial one/ },
  useVsock: { argument: { useVsock: true } },
  guestHookPath: { shownBy: 'tools/e2e/test/no-share.test.ts' },
  disableNestingChecks: { eitherWay: /nothing to adapt/ },
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
  enableSwap: { eitherWay: /locked with enable_mem_lock only/ },
  enableMemLock: { argument: { enableMemLock: true } },
  enableGuestSwap: { shownBy: 'packages/sandbox/src/guest-swap.test.ts' },
  guestSwapPath: { shownBy: 'packages/sandbox/src/guest-swap.test.ts' },
  guestSwapSizePercent: { shownBy: 'packages/sandbox/src/guest-swap.test.ts' },
  guestSwapCreateThresholdSecs: { shownBy: 'packages/sandbox/src/guest-swap.test.ts' },
  guestMemoryDumpPath: { argument: { guestMemoryDumpPath: '/dumps' } },
  guestMemoryDumpPaging: { shownBy: 'packages/hypervisor-qemu/src/guest-panic.test.ts' },
  sharedFs: { shownBy: 'tools/e2e/test/files.test.ts' },
  virtioFsDaemon: { refused: { virtioFsDaemon: '/no/virtiofsd' }, with: { sharedFs: 'virtio-fs' } },
  virtioFsCacheSizeMib: { parameterOf: 'virtioFsIsDax' },
  virtioFsQueueSize: { argument: { virtioFsQueueSize: 512 } },
  virtioFsExtraArgs: { shownBy: 'packages/hypervisor-qemu/test/launch.vm.test.ts' },
  virtioFsCache: { shownBy: 'tools/e2e/test/files.test.ts' },
  virtioFsIsDax: { refused: { virtioFsIsDax: true } },
  msize9pBytes: { shownBy: 'packages/sandbox/src/share-storage.test.ts' },
  prefetchListPath: { refused: { prefetchListPath: '/list' } },
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
  enableVhostUserStore: { argument: { enableVhostUserStore: true }, with: { sharedFs: 'none' } },
  vhostUserStorePath: { shownBy: 'packages/sandbox/src/disks/plan-disks.test.ts' },
  vhostUserReconnectTimeoutSec: sandboxDisks,
  diskRateLimiterBwMaxRateBitsPerSec: { refused: { diskRateLimiterBwMaxRateBitsPerSec: 1 } },
  diskRateLimiterBwOneTimeBurst: { refused: { diskRateLimiterBwOneTimeBurst: 1 } },
  diskRateLimiterOpsMaxRate: { refused: { diskRateLimiterOpsMaxRate: 1 } },
  diskRateLimiterOpsOneTimeBurst: { refused: { diskRateLimiterOpsOneTimeBurst: 1 } },
  defaultBridges: { argument: { defaultBridges: 3 } },
  enableIommu: { argument: { enableIommu: true } },
  enableIommuPlatform: { argument: { enableIommuPlatform: true } },
  hotPlugVfio: { shownBy: 'packages/hypervisor-qemu/src/arguments/build-arguments.test.ts' },
  coldPlugVfio: { shownBy: 'packages/hypervisor-qemu/src/arguments/build-arguments.test.ts' },
  hotplugVfioOnRootBus: { refused: { hotplugVfioOnRootBus: true } },
  pcieRootPort: { argument: { pcieRootPort: 2 } },
  pcieSwitchPort: { argument: { pcieSwitchPort: 2 } },
  entropySource: { argument: { entropySource: '/dev/hwrng' } },
  disableVhostNet: network,
  networkQueues: network,
  rxRateLimiterMaxRateBitsPerSec: network,
  txRateLimiterMaxRateBitsPerSec: network,
  netRateLimiterBwMaxRate: { refused: { netRateLimiterBwMaxRate: 1 } },
  netRateLimiterBwOneTimeBurst: { refused: { netRateLimiterBwOneTimeBurst: 1 } },
  netRateLimiterOpsMaxRate: { refused: { netRateLimiterOpsMaxRate: 1 } },
  netRateLimiterOpsOneTimeBurst: { refused: { netRateLimiterOpsOneTimeBurst: 1 } },
  enableAnnotations: policy,
  validHypervisorPaths: policy,
  validJailerPaths: policy,
  validCtlpaths: policy,
  validVirtioFsDaemonPaths: policy,
  validVhostUserStorePaths: policy,
  validEntropySources: policy,
  validFileMemBackends: policy,
  confidentialGuest: { refused: { confidentialGuest: true } },
  sevSnpGuest: { refused: { sevSnpGuest: true } },
  snpIdBlock: { refused: { snpIdBlock: 'x' } },
  snpIdAuth: { refused: { snpIdAuth: 'x' } },
  snpGuestPolicy: confidential,
  tdxQuoteGenerationServiceSocketPort: confidential,
  measurementAlgo: confidential,
  initdata: { refused: { initdata: 'x' } },
  remoteHypervisorSocket: { refused: { remoteHypervisorSocket: '/s' } },
  remoteHypervisorTimeoutSec: { refused: { remoteHypervisorTimeoutSec: 1 } },
  defaultGpus: { refused: { defaultGpus: 1 } },
  defaultGpuModel: { refused: { defaultGpuModel: 'a' } },
  rootless: { argument: { rootless: true } },
  rootlessUser: { shownBy: 'packages/hypervisor-qemu/src/vmm-user.test.ts' },
  seccompSandbox: { argument: { seccompSandbox: 'off' } },
  enableDebug: { argument: { enableDebug: true } },
  hypervisorLogLevel: { refused: { hypervisorLogLevel: 3 } },
  logLevel: { refused: { logLevel: 'debug' } },
  extraMonitorSocket: { argument: { extraMonitorSocket: 'hmp' }, with: { enableDebug: true } },
  disableSelinux: { shownBy: 'packages/oci-translate/src/translate.test.ts' },
  disableGuestSelinux: { refused: { disableGuestSelinux: false } },
  disableSeccomp: { refused: { disableSeccomp: true } },
  jailerPath: { refused: { jailerPath: '/jailer' } },
  ctlpath: { refused: { ctlpath: '/ctl' } },
  bootToBeTemplate: { refused: { bootToBeTemplate: true } },
  bootFromTemplate: { refused: { bootFromTemplate: true } },
  memoryPath: { refused: { memoryPath: '/m' } },
  deviceStatePath: { refused: { deviceStatePath: '/d' } },
};

function argumentsOf(hypervisor: HypervisorConfig): readonly string[] {
  return buildArguments(
    {
      id: 'x',
      runtimeDir: '/run/x',
      hypervisor,
      kernelParams: [],
      shares:
        hypervisor.sharedFs === 'none'
          ? []
          : [{ tag: 'a', hostPath: '/srv', transport: 'virtio-fs', readonly: false }],
    },
    {
      accelerator: 'tcg',
      firmware: hypervisor.firmware === '' ? 'qboot.rom' : hypervisor.firmware,
      manifest: undefined,
      imageSizeBytes: 4096,
      numaNodes: [0, 1],
      qmpFd: 3,
      agentFd: 4,
      firstFd: 5,
    },
  );
}

const machine: Changes = { defaultMaxMemoryMib: 4096, defaultMaxVcpus: 4, sharedFs: 'virtio-fs' };

test.each(Object.entries(witnesses))(
  '%s ends in an argument, a QMP command or a refusal',
  async (field, witness) => {
    const key = configKeys.hypervisor[field as keyof HypervisorConfig];
    // What does nothing says so, and only that.
    expect('parameterOf' in witness, String(key.effect)).toBe(
      key.effect?.startsWith('accepted, no effect') === true,
    );
    expect('eitherWay' in witness, String(key.effect)).toBe(isEitherWay(key.effect));
    if ('parameterOf' in witness) {
      const owner = configKeys.hypervisor[witness.parameterOf];
      expect(isRefusal(owner.effect)).toBe(true);
      expect(key.effect).toContain(`${owner.toml} is refused`);
    } else if ('eitherWay' in witness) {
      expect(key.effect).toMatch(witness.eitherWay);
    } else if ('shownBy' in witness) {
      const text = readFileSync(join(workspaceRoot, witness.shownBy), 'utf8');
      expect(new RegExp(`\\b(${field}|${key.toml})\\b`).test(text), witness.shownBy).toBe(true);
    } else {
      const before = probeGuestConfig({ ...machine, ...witness.with });
      if ('argument' in witness) {
        expect(argumentsOf({ ...before, ...witness.argument })).not.toEqual(argumentsOf(before));
      } else {
        const said = async (config: HypervisorConfig) =>
          (await checkHost(config)).filter(({ field }) => field.endsWith(`.${key.toml}`));
        const known = await said(before);
        // A host of few means is warned of them in any case.
        expect(known.filter(({ severity }) => severity === 'error')).toEqual([]);
        expect(await said({ ...before, ...witness.refused })).toHaveLength(known.length + 1);
      }
    }
  },
);
