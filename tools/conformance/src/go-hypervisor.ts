import type { HypervisorConfig } from '@hako/config';
import { asFlag, asList, asNumber, asObject, asText, type Json, type JsonObject } from './vectors.ts';

type Field = keyof HypervisorConfig;

/** Fields of the reference's HypervisorConfig and where hako has them, with values of the same kind. */
const numbers: readonly (readonly [string, Field])[] = [
  ['NumVCPUs', 'defaultVcpus'],
  ['DefaultMaxVCPUs', 'defaultMaxVcpus'],
  ['MemorySize', 'defaultMemoryMib'],
  ['DefaultBridges', 'defaultBridges'],
  ['Msize9p', 'msize9pBytes'],
  ['MemSlots', 'memorySlots'],
  ['MemOffset', 'memoryOffsetMib'],
  ['VirtioFSCacheSize', 'virtioFsCacheSizeMib'],
  ['PCIeRootPort', 'pcieRootPort'],
];
const texts: readonly (readonly [string, Field])[] = [
  ['KernelPath', 'kernel'],
  ['ImagePath', 'image'],
  ['InitrdPath', 'initrd'],
  ['FirmwarePath', 'firmware'],
  ['MachineAccelerators', 'machineAccelerators'],
  ['CPUFeatures', 'cpuFeatures'],
  ['HypervisorPath', 'path'],
  ['HypervisorCtlPath', 'ctlpath'],
  ['JailerPath', 'jailerPath'],
  ['BlockDeviceDriver', 'blockDeviceDriver'],
  ['HypervisorMachineType', 'machineType'],
  ['MemoryPath', 'memoryPath'],
  ['DevicesStatePath', 'deviceStatePath'],
  ['EntropySource', 'entropySource'],
  ['SharedFS', 'sharedFs'],
  ['VirtioFSDaemon', 'virtioFsDaemon'],
  ['VirtioFSCache', 'virtioFsCache'],
  ['FileBackedMemRootDir', 'fileMemBackend'],
  ['VhostUserStorePath', 'vhostUserStorePath'],
  ['GuestHookPath', 'guestHookPath'],
];
const flags: readonly (readonly [string, Field])[] = [
  ['BlockDeviceCacheSet', 'blockDeviceCacheSet'],
  ['BlockDeviceCacheDirect', 'blockDeviceCacheDirect'],
  ['BlockDeviceCacheNoflush', 'blockDeviceCacheNoflush'],
  ['DisableBlockDeviceUse', 'disableBlockDeviceUse'],
  ['EnableIOThreads', 'enableIothreads'],
  ['Debug', 'enableDebug'],
  ['MemPrealloc', 'enableMemPrealloc'],
  ['HugePages', 'enableHugepages'],
  ['VirtioMem', 'enableVirtioMem'],
  ['DisableNestingChecks', 'disableNestingChecks'],
  ['UseVSock', 'useVsock'],
  ['DisableImageNvdimm', 'disableImageNvdimm'],
  ['HotplugVFIOOnRootBus', 'hotplugVfioOnRootBus'],
  ['BootToBeTemplate', 'bootToBeTemplate'],
  ['BootFromTemplate', 'bootFromTemplate'],
  ['DisableVhostNet', 'disableVhostNet'],
  ['EnableVhostUserStore', 'enableVhostUserStore'],
];

/** What the reference carries along and hako has no key for: handed back as it came. */
const carriedAlong: readonly (readonly [string, Json])[] = [
  ['HypervisorParams', null],
  ['Realtime', false],
  ['VMid', ''],
  ['SELinuxProcessLabel', ''],
];

/** hako's configuration of a hypervisor from the reference's; absent fields are zero values, as in Go. */
export function hypervisorFromGo(go: JsonObject, defaults: HypervisorConfig): HypervisorConfig {
  const result: Partial<Record<Field, unknown>> = { ...defaults };
  for (const [name, field] of numbers) result[field] = asNumber(go[name]);
  for (const [name, field] of texts) result[field] = asText(go[name]);
  for (const [name, field] of flags) result[field] = asFlag(go[name]);
  result.enableSwap = !asFlag(go.Mlock);
  result.virtioFsExtraArgs = asList(go.VirtioFSExtraArgs);
  result.kernelParams = asList(go.KernelParams).map(paramFromGo);
  // Zero values and made-up words are outside hako's types; the reference lets them through, so they must pass here.
  return result as unknown as HypervisorConfig;
}

/** The reference's form of hako's configuration; `input` is what it was made from. */
export function hypervisorToGo(hypervisor: HypervisorConfig, input: JsonObject): JsonObject {
  const result: Record<string, Json> = {};
  for (const [name, field] of [...numbers, ...texts, ...flags]) result[name] = hypervisor[field] as Json;
  for (const [name, zero] of carriedAlong) result[name] = input[name] ?? zero;
  result.Mlock = !hypervisor.enableSwap;
  result.VirtioFSExtraArgs = hypervisor.virtioFsExtraArgs;
  result.KernelParams = hypervisor.kernelParams.map(paramToGo);
  return result;
}

/** The files of a VM: annotations replace them in hako, the reference notes them beside the configuration. */
export const assetFields: readonly (readonly [string, Field])[] = texts.slice(0, 4);

export function paramFromGo(param: Json): { key: string; value?: string } {
  const { Key, Value } = asObject(param);
  const value = asText(Value);
  return value === '' ? { key: asText(Key) } : { key: asText(Key), value };
}

export function paramToGo({
  key,
  value = '',
}: {
  readonly key: string;
  readonly value?: string;
}): JsonObject {
  return { Key: key, Value: value };
}
