/** Only what the decisions here look at. */
export interface MountLike {
  readonly destination: string;
  readonly type?: string | undefined;
  readonly source?: string | undefined;
  readonly options?: readonly string[] | undefined;
}

/**
 * True for bind mounts whose source is a file or folder of the host. The kernel's own trees are the guest's, and
 * /dev/shm is a tmpfs of the sandbox (as in Kata).
 */
export function isSharedFromHost(mount: MountLike): boolean {
  if (!isBind(mount) || mount.destination === '/dev/shm') return false;
  return !/^\/(proc|sys|dev)(\/|$)/.test(mount.source ?? '');
}

/** OCI runtime specification, "Mounts": a bind mount is told by its option, or, with older engines, its type. */
export function isBind(mount: MountLike): boolean {
  const options = mount.options ?? [];
  return mount.type === 'bind' || options.includes('bind') || options.includes('rbind');
}
