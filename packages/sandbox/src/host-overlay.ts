import { isBind, type MountLike } from './mount-kind.ts';

/** An overlay that config.json asks for, in two parts: what makes it, and how it is mounted. */
export interface HostOverlay {
  /** The file system's own options, for mount(2). They name directories of the host. */
  readonly data: string;
  /** The others, in their order. */
  readonly options: readonly string[];
}

/**
 * The overlay that a mount is; undefined for every other mount. Engines make such mounts of directories of the host (podman:
 * `-v FOLDER:/v:O`, `--mount type=image`), so it is made there: in the guest its directories are not.
 */
export function hostOverlay(mount: MountLike): HostOverlay | undefined {
  if (mount.type !== 'overlay' || isBind(mount)) return undefined;
  const options = mount.options ?? [];
  const data = options.filter(isOverlays);
  return { data: data.join(','), options: options.filter((option) => !isOverlays(option)) };
}

/** Of the kernel's documentation of overlayfs: those without a value, and all with one, as no generic option has any. */
function isOverlays(option: string): boolean {
  return option.includes('=') || option === 'volatile' || option === 'userxattr';
}
