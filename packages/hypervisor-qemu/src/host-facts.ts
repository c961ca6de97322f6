import { readFile, stat } from 'node:fs/promises';
import type { HypervisorConfig } from '@hako/config';
import { isImageNvdimm } from './arguments/memory.ts';
import { parseNodeList } from './arguments/numa.ts';

/** What the command line needs to know of the host, where the configuration asks for it. */
export interface HostFacts {
  readonly imageSizeBytes?: number;
  readonly numaNodes?: readonly number[];
}

/** Asks the host only for what this machine needs. */
export async function hostFacts(hypervisor: HypervisorConfig, hasManifest: boolean): Promise<HostFacts> {
  return {
    ...(isImageNvdimm(hypervisor, hasManifest) ? { imageSizeBytes: await sizeOf(hypervisor.image) } : {}),
    ...(hypervisor.enableNuma ? { numaNodes: await onlineNodes() } : {}),
  };
}

async function onlineNodes(): Promise<readonly number[]> {
  // A kernel without NUMA has no such file, and one node.
  const text = await readFile('/sys/devices/system/node/online', 'utf8').catch(() => '0');
  return parseNodeList(text) ?? [0];
}

/** 0 for what is not there, which `checkHost` tells. */
async function sizeOf(path: string): Promise<number> {
  return await stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}
