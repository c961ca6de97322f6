import type { HypervisorConfig, KernelParam } from '@hako/config';
import type { HostPci } from './vfio-file.ts';

const KIB = 1024;
const MIB = 1024 * KIB;

/** Parts of a guest's address space, by what may lie in them. Bytes. */
export type Room = Pick<HostPci, 'plainBytes' | 'prefetchableBytes'>;

/** What a Linux guest keeps of its address space for an empty port, of either kind. */
const KEPT_FOR_PORT: Room = { plainBytes: 2 * MIB, prefetchableBytes: 2 * MIB };

/**
 * What all devices of the host on a bridge may have of the 1 MiB, of either kind, that a Linux guest keeps for it: regions lie at multiples of
 * their size, and the first 256 KiB are for disks and network cards.
 */
const KEPT_ON_BRIDGE: Room = { plainBytes: 768 * KIB, prefetchableBytes: 768 * KIB };

/** Words for the guest's kernel by which it keeps as much for each port as the largest of these needs; it does not make more of it later. */
export function roomWords(devices: readonly Room[]): KernelParam[] {
  const wanted = [KEPT_FOR_PORT, ...devices].reduce(largerRoom);
  return fits(wanted, KEPT_FOR_PORT) ? [] : [roomWord(wanted)];
}

/**
 * Why a device that is to be plugged would have no room, and what to do; undefined where it has. Its guest would see the device, and not
 * reach its memory.
 *
 * @param words those that the guest was booted with
 * @param present other devices of the host that were plugged
 */
export function lackOfRoom(
  device: Room,
  present: readonly Room[],
  { hotPlugVfio }: Pick<HypervisorConfig, 'hotPlugVfio'>,
  words: readonly KernelParam[],
): string | undefined {
  if (hotPlugVfio === 'bridge-port') {
    const all = [device, ...present].reduce(sumOfRooms);
    if (fits(all, KEPT_ON_BRIDGE)) return undefined;
    return `needs, with the others there, ${textOf(all)} of the guest's address space, and a bridge has ${textOf(KEPT_ON_BRIDGE)} for devices of the host; set hot_plug_vfio = "root-port", and pcie_root_port to their number`;
  }
  const kept = keptBy(words);
  if (fits(device, kept)) return undefined;
  const { key, value } = roomWord(largerRoom(device, kept));
  return `needs ${textOf(device)} of the guest's address space, and the machine was started with ports that have ${textOf(kept)}; add ${key}=${value} to kernel_params, or name it in the first container of the sandbox`;
}

function fits(wanted: Room, kept: Room): boolean {
  return wanted.plainBytes <= kept.plainBytes && wanted.prefetchableBytes <= kept.prefetchableBytes;
}

function largerRoom(a: Room, b: Room): Room {
  return {
    plainBytes: Math.max(a.plainBytes, b.plainBytes),
    prefetchableBytes: Math.max(a.prefetchableBytes, b.prefetchableBytes),
  };
}

function sumOfRooms(a: Room, b: Room): Room {
  return {
    plainBytes: a.plainBytes + b.plainBytes,
    prefetchableBytes: a.prefetchableBytes + b.prefetchableBytes,
  };
}

function roomWord({ plainBytes, prefetchableBytes }: Room): { readonly key: string; readonly value: string } {
  const mib = (bytes: number): number => Math.ceil(bytes / MIB);
  return { key: 'pci', value: `hpmmiosize=${mib(plainBytes)}M,hpmmioprefsize=${mib(prefetchableBytes)}M` };
}

function textOf({ plainBytes, prefetchableBytes }: Room): string {
  const text = (bytes: number): string =>
    bytes % MIB === 0 ? `${bytes / MIB} MiB` : `${Math.ceil(bytes / KIB)} KiB`;
  return `${text(plainBytes)} and ${text(prefetchableBytes)} (prefetchable)`;
}

/** What a guest with these words keeps for each port, as Linux reads them (Documentation/admin-guide/kernel-parameters.txt, `pci=`): the last one counts. */
export function keptBy(words: readonly KernelParam[]): Room {
  let kept = KEPT_FOR_PORT;
  for (const { key, value = '' } of words) {
    if (key !== 'pci') continue;
    for (const option of value.split(',')) {
      const [, name, digits = '', unit = ''] =
        /^(hpmemsize|hpmmiosize|hpmmioprefsize)=(\w*?)([kKmMgG]?)$/.exec(option) ?? [];
      const bytes = Number(digits) * (units[unit.toLowerCase()] ?? 1);
      if (name === undefined || Number.isNaN(bytes)) continue;
      if (name !== 'hpmmioprefsize') kept = { ...kept, plainBytes: bytes };
      if (name !== 'hpmmiosize') kept = { ...kept, prefetchableBytes: bytes };
    }
  }
  return kept;
}

const units: Readonly<Record<string, number>> = { k: KIB, m: MIB, g: KIB * MIB };
