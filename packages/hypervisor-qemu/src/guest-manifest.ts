import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { HypervisorConfig } from '@hako/config';
import { list, matches, name, object, type Shape } from '@hako/shape';

/** The part of the guest's manifest that a VMM needs; `@hako/guest-image` writes it beside the image. */
export interface GuestManifest {
  readonly boot: {
    /** Stage-1 initrd that the image needs, relative to the manifest's directory. */
    readonly initrd: string;
    /** The one for an image that is an NVDIMM, likewise. Absent: such a machine does not boot this guest. */
    readonly nvdimmInitrd?: string;
    /** Kernel words that this guest boots quickly with, before any other. */
    readonly kernelParams: readonly string[];
  };
}

const shape: Shape<GuestManifest> = object<GuestManifest>(
  {
    boot: object<GuestManifest['boot']>(
      { initrd: name, nvdimmInitrd: name, kernelParams: list(name) },
      { initrd: true, kernelParams: true },
    ),
  },
  { boot: true },
);

/** Name of the manifest in the guest's directory. */
const manifestName = 'manifest.json';
/** Name, in the guest's directory, of the initrd that only says `R` on the agent channel. */
export const probeInitrdName = 'probe-initrd.img';

/** The directory of the guest's files: the image's, or the kernel's where there is no image. */
export function guestDirectory({ image, kernel }: Pick<HypervisorConfig, 'image' | 'kernel'>): string {
  return dirname(image === '' ? kernel : image);
}

/**
 * The manifest in the guest's directory, or undefined when there is none: then the guest is somebody else's, and is
 * booted as Kata's are. A file that is no manifest is treated alike, since any directory may have a `manifest.json`.
 */
export async function readGuestManifest(directory: string): Promise<GuestManifest | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(join(directory, manifestName), 'utf8'));
    return matches(shape, value) ? value : undefined;
  } catch {
    return undefined;
  }
}
