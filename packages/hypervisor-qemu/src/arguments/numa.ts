import type { HypervisorConfig } from '@hako/config';
import { parseKernelList } from '@hako/posix';
import { maxVcpus } from './machine.ts';

/** A NUMA node of the guest. */
export interface NumaNode {
  readonly id: number;
  readonly memoryMib: number;
  /** Host nodes whose memory it is made of. */
  readonly hostNodes: readonly number[];
  /** Its vCPUs: `0-3`. */
  readonly cpus: string;
}

/** Linux puts memory of one node into blocks of this size. */
const blockMib = 128;

/**
 * The guest's NUMA nodes: one for each member of numa_mapping (`0`, `0-1`, `0,2`: host nodes), else one for each host node.
 * Memory and vCPUs are divided evenly, what is left over goes to the last. None without enable_numa, and no more than
 * there are vCPUs and blocks of memory for.
 */
export function numaNodes(hypervisor: HypervisorConfig, hostNodes: readonly number[]): readonly NumaNode[] {
  if (!hypervisor.enableNuma || hypervisor.machineType === 'microvm') return [];
  const mapping = hypervisor.numaMapping.map(parseKernelList).filter((nodes) => nodes !== undefined);
  const groups = mapping.length > 0 ? mapping : hostNodes.map((node) => [node]);
  const vcpus = maxVcpus(hypervisor);
  const blocks = Math.floor(hypervisor.defaultMemoryMib / blockMib);
  const count = Math.min(groups.length, vcpus, blocks);
  const perNode = { vcpus: Math.floor(vcpus / count), memoryMib: Math.floor(blocks / count) * blockMib };
  return groups.slice(0, count).map((nodes, id) => {
    const first = id * perNode.vcpus;
    const isLast = id === count - 1;
    const last = isLast ? vcpus - 1 : first + perNode.vcpus - 1;
    return {
      id,
      memoryMib: isLast ? hypervisor.defaultMemoryMib - id * perNode.memoryMib : perNode.memoryMib,
      hostNodes: nodes,
      cpus: first === last ? String(first) : `${first}-${last}`,
    };
  });
}
