/**
 * SHA-512 digests, in lower-case hexadecimal, that files named by annotations must have before they are used.
 * An absent member is not checked.
 */
export interface AssetHashes {
  readonly kernel?: string;
  readonly image?: string;
  readonly initrd?: string;
  readonly firmware?: string;
  readonly firmwareVolume?: string;
  readonly hypervisor?: string;
  readonly jailer?: string;
  readonly hypervisorControl?: string;
}

/** A configuration with a part for the hashes of its files. */
export interface WithAssetHashes {
  readonly assetHashes: AssetHashes;
}

/** The asset keys that Kata 1.x copies from a container to its sandbox's own annotations. */
export const assetAnnotations: readonly string[] = [
  'io.katacontainers.config.hypervisor.kernel',
  'io.katacontainers.config.hypervisor.image',
  'io.katacontainers.config.hypervisor.initrd',
  'io.katacontainers.config.hypervisor.firmware',
  'io.katacontainers.config.hypervisor.kernel_hash',
  'io.katacontainers.config.hypervisor.image_hash',
  'io.katacontainers.config.hypervisor.initrd_hash',
  'io.katacontainers.config.hypervisor.firmware_hash',
  'io.katacontainers.asset_hash_type',
];
