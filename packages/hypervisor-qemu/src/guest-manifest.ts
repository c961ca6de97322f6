import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { list, matches, name, object, type Shape } from '@hako/shape';

/** The part of the guest's manifest that a VMM needs; `@hako/guest-image` writes it beside the kernel. */
export interface GuestManifest {
  readonly boot: {
    /** Kernel words that this guest boots quickly with, before any other. */
    readonly kernelParams: readonly string[];
  };
}

const shape: Shape<GuestManifest> = object<GuestManifest>(
  {
    boot: object<GuestManifest['boot']>({ kernelParams: list(name) }, { kernelParams: true }),
  },
  { boot: true },
);

/** Name of the manifest in the kernel's directory. */
export const manifestName = 'manifest.json';
/** Name, in the kernel's directory, of the initrd that only says `R` on the agent channel. */
export const probeInitrdName = 'probe-initrd.img';

/**
 * The manifest that stands beside `kernel`, or undefined when there is none: then the guest is somebody else's, and is booted
 * as Kata's are. A file that is no manifest is treated alike, since any directory may have a `manifest.json`.
 */
export async function readGuestManifest(kernel: string): Promise<GuestManifest | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(join(dirname(kernel), manifestName), 'utf8'));
    return matches(shape, value) ? value : undefined;
  } catch {
    return undefined;
  }
}
