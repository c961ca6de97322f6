import type { Linux } from '@hako/oci-spec';

/**
 * Every device may be used: what engines write for `--privileged`, together with a list of all devices of the host. Its
 * disks are not meant by that: several machines that write to one disk destroy what is on it, first of all the host's
 * own. Who wants one names it without the privilege of all.
 */
export function hasAllDevices(linux: Linux | undefined): boolean {
  const last = linux?.resources?.devices?.findLast(
    ({ type, major, minor }) => (type ?? 'a') === 'a' && isAny(major) && isAny(minor),
  );
  return last?.allow === true;
}

/** Left out, or as runc's library writes it. */
function isAny(number: number | bigint | undefined): boolean {
  return number === undefined || Number(number) === -1;
}

/** The devices that a container gets by their numbers: with all of them, those that are no disks. */
export function withoutHostDisks<T extends { readonly type?: string | undefined }>(
  devices: readonly T[],
  linux: Linux | undefined,
): T[] {
  return hasAllDevices(linux) ? devices.filter(({ type }) => type !== 'b') : [...devices];
}
