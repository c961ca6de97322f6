import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { GuestImageError } from './guest-image-error.ts';

/** A file of the guest. */
export interface GuestFile {
  /** Relative to the folder of the manifest. */
  readonly path: string;
  readonly sizeBytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** What the guest consists of and how it is booted; stands as manifest.json beside the files. */
export interface GuestManifest {
  readonly version: 1;
  /** Hash of recipe, packages and agent together; equal ones make equal guests. */
  readonly inputs: string;
  /** As in `process.arch`. */
  readonly architecture: string;
  readonly kernelRelease: string;
  readonly packages: readonly { readonly name: string; readonly version: string; readonly sha256: string }[];
  /** The agent's executable: where it was taken from, and what tells whether it is still the same file. */
  readonly agent: GuestFile & { readonly modifiedMs: number };
  readonly files: {
    readonly kernel: GuestFile;
    readonly initrd: GuestFile;
    readonly nvdimmInitrd: GuestFile;
    readonly wholeInitrd: GuestFile;
    readonly image: GuestFile;
    readonly probeInitrd: GuestFile;
  };
  readonly boot: {
    /** How the kernel is entered: by its PVH entry, so it must be handed over uncompressed. */
    readonly entry: 'pvh';
    /** Stage 1, relative to the folder of the manifest; always handed over with the kernel. */
    readonly initrd: string;
    /** The same for an image that is the machine's first NVDIMM. */
    readonly nvdimmInitrd: string;
    /** With `initrd` the image must be the first virtio-blk disk, read-only and raw. */
    readonly imageDevice: 'virtio-blk';
    readonly imageFsType: 'erofs';
    /** Words that shorten the boot; none is demanded. In this order, before the user's. */
    readonly kernelParams: readonly string[];
    /** Name of the virtio-serial port that the agent serves. */
    readonly agentPort: string;
    /** Tag of the shared file system. */
    readonly shareTag: string;
  };
  /** Kernel modules that stage 1 loads, those in the root, and those in the image, where all are. In load order. */
  readonly modules: {
    readonly early: readonly string[];
    readonly root: readonly string[];
    readonly later: readonly string[];
  };
}

const file = z.object({
  path: z.string(),
  sizeBytes: z.number().int().nonnegative(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

const manifest: z.ZodType<GuestManifest> = z.object({
  version: z.literal(1),
  inputs: z.string(),
  architecture: z.string(),
  kernelRelease: z.string(),
  packages: z.array(z.object({ name: z.string(), version: z.string(), sha256: z.string() })),
  agent: file.extend({ modifiedMs: z.number() }),
  files: z.object({
    kernel: file,
    initrd: file,
    nvdimmInitrd: file,
    wholeInitrd: file,
    image: file,
    probeInitrd: file,
  }),
  boot: z.object({
    entry: z.literal('pvh'),
    initrd: z.string(),
    nvdimmInitrd: z.string(),
    imageDevice: z.literal('virtio-blk'),
    imageFsType: z.literal('erofs'),
    kernelParams: z.array(z.string()),
    agentPort: z.string(),
    shareTag: z.string(),
  }),
  modules: z.object({ early: z.array(z.string()), root: z.array(z.string()), later: z.array(z.string()) }),
});

/**
 * Reads and checks `manifest.json` of a guest folder.
 *
 * @throws GuestImageError `bad-manifest` when it is missing or not of the expected shape.
 */
export function readManifest(dir: string): GuestManifest {
  const path = join(dir, 'manifest.json');
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new GuestImageError('bad-manifest', `cannot read ${path}: ${why}`, { path }, cause);
  }
  const result = manifest.safeParse(json);
  if (result.success) return result.data;
  throw new GuestImageError(
    'bad-manifest',
    `${path} is not a guest manifest of this version: ${z.prettifyError(result.error).replaceAll('\n', ' ')}`,
    { path },
    result.error,
  );
}
