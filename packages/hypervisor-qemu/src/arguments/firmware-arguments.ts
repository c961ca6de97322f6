import type { HypervisorConfig } from '@hako/config';

/** Firmware as arguments, and the nodes that the machine is to have as flash. */
export interface FirmwareArguments {
  readonly arguments: readonly string[];
  readonly pflash: readonly string[];
}

/**
 * Firmware of two parts (firmware and firmware_volume), or the images of pflashes, are flash, read-only: many VMs share
 * one file. One part alone is QEMU's `-bios`.
 *
 * @param bios what `-bios` gets where there is no flash; undefined: QEMU's default
 */
export function firmwareArguments(
  { firmware, firmwareVolume, pflashes }: Pick<HypervisorConfig, 'firmware' | 'firmwareVolume' | 'pflashes'>,
  bios: string | undefined,
): FirmwareArguments {
  const images = firmwareVolume === '' ? pflashes : [firmware, firmwareVolume];
  if (images.length === 0) return { arguments: bios === undefined ? [] : ['-bios', bios], pflash: [] };
  const pflash = images.map((_image, index) => `pflash${index}`);
  const nodes = images.flatMap((filename, index) => [
    '-blockdev',
    JSON.stringify({
      driver: 'file',
      filename,
      'node-name': pflash[index],
      'read-only': true,
      locking: 'off',
    }),
  ]);
  return { arguments: nodes, pflash };
}
