import type { Problem } from '@hako/errors';
import type { LinuxDevice } from '@hako/oci-spec';
import { type Int64, printable } from '@hako/shape';

/** A device node to make in the container. */
export interface DeviceInfo {
  /** Path in the container. */
  readonly containerPath: string;
  /** `c` and `u` are character devices, `b` block devices, `p` named pipes. */
  readonly type: 'c' | 'u' | 'b' | 'p';
  /** Default 0. */
  readonly major: Int64;
  /** Default 0. */
  readonly minor: Int64;
  /** Permission bits. Default 0. */
  readonly fileMode: number;
  /** Default 0. */
  readonly uid: number;
  /** Default 0. */
  readonly gid: number;
  /** Who asks for it, for people, where that is not `linux.devices`. */
  readonly namedBy?: string;
}

const deviceTypes: readonly string[] = ['c', 'u', 'b', 'p'];

/** One device; `field` is its JSON path. A wrong type is reported before an empty path, one problem per device. */
export function deviceInfo(device: LinuxDevice, field = 'linux.devices[0]'): DeviceInfo | Problem {
  const { type, path } = device;
  if (!isDeviceType(type))
    return {
      severity: 'error',
      code: 'translate/device-type',
      field: `${field}.type`,
      value: printable(type ?? ''),
      rule: `must be c, u, b or p (device ${JSON.stringify(printable(path ?? ''))})`,
    };
  if ((path ?? '') === '')
    return {
      severity: 'error',
      code: 'translate/device-path',
      field: `${field}.path`,
      value: '',
      rule: 'must not be empty',
    };
  return {
    containerPath: path,
    type,
    major: device.major ?? 0,
    minor: device.minor ?? 0,
    fileMode: device.fileMode ?? 0,
    uid: device.uid ?? 0,
    gid: device.gid ?? 0,
  };
}

/** All devices of a spec, and what is wrong with the others. */
export function deviceInfos(devices: readonly LinuxDevice[] | undefined): {
  readonly devices: readonly DeviceInfo[];
  readonly problems: readonly Problem[];
} {
  const good: DeviceInfo[] = [];
  const problems: Problem[] = [];
  for (const [index, device] of (devices ?? []).entries()) {
    const info = deviceInfo(device, `linux.devices[${index}]`);
    if ('severity' in info) problems.push(info);
    else good.push(info);
  }
  return { devices: good, problems };
}

function isDeviceType(type: string | undefined): type is DeviceInfo['type'] {
  return type !== undefined && deviceTypes.includes(type);
}
