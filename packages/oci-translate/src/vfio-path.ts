/** True for a path at which a container expects a device of the host, as Kata has it: `/dev/vfio/12`, `/dev/vfio/devices/vfio0`. */
export function isVfioPath(path: string): boolean {
  return /^\/dev\/vfio\/(?:[0-9]+|devices\/vfio[0-9]+)$/.test(path);
}
