import type { HypervisorConfig } from '@hako/config';
import { numaNodes } from './numa.ts';
import { option } from './option.ts';

/** What decides how the guest's memory is made, besides the configuration. */
export interface MemoryNeeds {
  /** A process beside QEMU maps it (virtiofsd, a vhost-user device). */
  readonly shared: boolean;
  /** The guest's image takes a slot and address space of memory that is plugged. */
  readonly nvdimm: boolean;
  /** Host NUMA nodes, for enable_numa without numa_mapping. */
  readonly hostNodes: readonly number[];
  /** File that it is in; `shared` is false where what the guest writes is not to reach the file. Default: none. */
  readonly file?: { readonly path: string; readonly shared: boolean } | undefined;
}

/** Address space that is kept for NVDIMMs, as Kata does: once for the guest's image, once for disks, and memory_offset. MiB. */
export const nvdimmSpaceMib = 1024;

/** QEMU's arguments for the guest's memory, with the machine property that names it. */
export interface MemoryArguments {
  /** Value of the machine's `memory-backend`; undefined when QEMU makes the memory itself, or NUMA nodes name it. */
  readonly machineBackend: string | undefined;
  readonly arguments: readonly string[];
}

export function memoryArguments(hypervisor: HypervisorConfig, needs: MemoryNeeds): MemoryArguments {
  const { defaultMemoryMib: sizeMib, enableMemLock } = hypervisor;
  const lock = enableMemLock ? ['-overcommit', 'mem-lock=on'] : [];
  const nodes = numaNodes(hypervisor, needs.hostNodes);
  if (nodes.length > 0) {
    const perNode = nodes.flatMap(({ id, memoryMib, hostNodes, cpus }) => [
      '-object',
      JSON.stringify({
        ...backend(hypervisor, needs.shared),
        id: `ram${id}`,
        size: memoryMib * 1024 * 1024,
        'host-nodes': hostNodes,
        policy: 'bind',
      }),
      ...['-numa', option('node', { nodeid: id, memdev: `ram${id}`, cpus })],
    ]);
    return {
      machineBackend: undefined,
      arguments: [...sizeArguments(hypervisor, needs.nvdimm), ...perNode, ...lock],
    };
  }
  if (needs.file === undefined && !needsBackend(hypervisor, needs.shared))
    return { machineBackend: undefined, arguments: [...sizeArguments(hypervisor, needs.nvdimm), ...lock] };
  const { 'qom-type': type, ...properties } =
    needs.file === undefined ? backend(hypervisor, needs.shared) : fileBackend(needs.file);
  const object = option(type, { id: 'ram0', size: `${sizeMib}M`, ...properties });
  return {
    machineBackend: 'ram0',
    arguments: [...sizeArguments(hypervisor, needs.nvdimm), '-object', object, ...lock],
  };
}

/** True when memory can be added while the machine runs: microvm has no such thing. */
export function plugsMemory({ machineType, ...sizes }: HypervisorConfig): boolean {
  return machineType !== 'microvm' && sizes.defaultMaxMemoryMib > sizes.defaultMemoryMib;
}

/** True when disks of containers are plugged as NVDIMMs. */
export function takesNvdimms({
  blockDeviceDriver,
  machineType,
}: Pick<HypervisorConfig, 'blockDeviceDriver' | 'machineType'>): boolean {
  return blockDeviceDriver === 'nvdimm' && machineType !== 'microvm';
}

/** True when the guest's image is an NVDIMM rather than a disk. */
export function isImageNvdimm(hypervisor: HypervisorConfig, hasManifest: boolean): boolean {
  const { image, vmRootfsDriver, disableImageNvdimm, machineType } = hypervisor;
  if (image === '' || machineType === 'microvm') return false;
  if (vmRootfsDriver !== '') return vmRootfsDriver === 'nvdimm' || vmRootfsDriver === 'virtio-pmem';
  // hako's own guest boots faster from a disk; Kata's images are made for an NVDIMM.
  return !hasManifest && !disableImageNvdimm;
}

function sizeArguments(hypervisor: HypervisorConfig, nvdimm: boolean): string[] {
  const { defaultMemoryMib, defaultMaxMemoryMib, memorySlots, memoryOffsetMib } = hypervisor;
  const plugs = plugsMemory(hypervisor);
  const disks = takesNvdimms(hypervisor);
  if (!plugs && !nvdimm && !disks) return ['-m', `${defaultMemoryMib}M`];
  const spaceMib = nvdimmSpaceMib * (nvdimm && disks ? 2 : 1) + memoryOffsetMib;
  const maxMib = (plugs ? defaultMaxMemoryMib : defaultMemoryMib) + spaceMib;
  // Those of disks come behind all that memory and image can take.
  const slots = disks ? 2 * memorySlots + 1 : (plugs ? memorySlots : 0) + (nvdimm ? 1 : 0);
  return ['-m', option(`${defaultMemoryMib}M`, { slots, maxmem: `${maxMib}M` })];
}

function needsBackend(hypervisor: HypervisorConfig, shared: boolean): boolean {
  const { fileMemBackend, enableHugepages, enableMemPrealloc } = hypervisor;
  return shared || fileMemBackend !== '' || enableHugepages || enableMemPrealloc;
}

interface Backend extends Readonly<Record<string, string | number | boolean | undefined>> {
  readonly 'qom-type': string;
}

function fileBackend({ path, shared }: { readonly path: string; readonly shared: boolean }): Backend {
  return { 'qom-type': 'memory-backend-file', 'mem-path': path, share: shared };
}

/**
 * A memory backend without its id and size. Huge pages of hugetlbfs are touched at once, since a guest that touches one
 * that is not there any more would be killed.
 */
export function backend(
  {
    fileMemBackend,
    enableHugepages,
    hugepageType,
    enableMemPrealloc,
  }: Pick<HypervisorConfig, 'fileMemBackend' | 'enableHugepages' | 'hugepageType' | 'enableMemPrealloc'>,
  shared: boolean,
): Backend {
  const isHugetlb = enableHugepages && hugepageType === 'hugetlbfs';
  const prealloc = enableMemPrealloc || enableHugepages ? true : undefined;
  if (isHugetlb) return { 'qom-type': 'memory-backend-memfd', hugetlb: true, share: true, prealloc };
  if (fileMemBackend !== '') return { ...fileBackend({ path: fileMemBackend, shared }), prealloc };
  if (shared) return { 'qom-type': 'memory-backend-memfd', share: true, prealloc };
  return { 'qom-type': 'memory-backend-ram', prealloc };
}
