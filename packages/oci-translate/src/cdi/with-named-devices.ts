import type { DeviceRule, LinuxDevice } from '@hako/oci-spec';
import type { DeviceInfo } from '../devices.ts';
import type { ContainerConfig, SandboxConfig } from '../sandbox-config.ts';

/**
 * Devices that somebody names beside `linux.devices`: of a single container they are its own, as if config.json had them. The first
 * container of a pod gets none of them: its machine starts with them, for those that come.
 */
export function withNamedDevices<
  T extends { readonly sandbox: SandboxConfig; readonly container: ContainerConfig },
>(made: T, devices: readonly DeviceInfo[]): T {
  if (devices.length === 0) return made;
  return made.container.type === 'single_container'
    ? { ...made, container: withOwnDevices(made.container, devices) }
    : { ...made, sandbox: { ...made.sandbox, hostDevices: devices } };
}

function withOwnDevices(container: ContainerConfig, named: readonly DeviceInfo[]): ContainerConfig {
  const present = new Set(container.devices.map(({ containerPath }) => containerPath));
  // An engine that knows CDI, or gives all devices, has made it a device of config.json.
  const added = named.filter(({ containerPath }) => !present.has(containerPath));
  const namedBy = new Map(named.map((device) => [device.containerPath, device.namedBy]));
  const { spec } = container;
  const { devices = [], resources } = spec.linux ?? {};
  // Without rules all devices may be used.
  const rules = resources?.devices?.length ? [...resources.devices, ...added.map(allowed)] : undefined;
  return {
    ...container,
    devices: [
      ...container.devices.map((device) => withOrigin(device, namedBy.get(device.containerPath))),
      ...added,
    ],
    spec: {
      ...spec,
      linux: {
        ...spec.linux,
        devices: [...devices, ...added.map(linuxDevice)],
        ...(rules === undefined ? {} : { resources: { ...resources, devices: rules } }),
      },
    },
  };
}

function withOrigin(device: DeviceInfo, namedBy: string | undefined): DeviceInfo {
  return namedBy === undefined ? device : { ...device, namedBy };
}

function linuxDevice({
  containerPath: path,
  type,
  major,
  minor,
  fileMode,
  uid,
  gid,
}: DeviceInfo): LinuxDevice {
  return { path, type, major, minor, uid, gid, ...(fileMode === 0 ? {} : { fileMode }) };
}

function allowed({ type, major, minor }: DeviceInfo): DeviceRule {
  return { allow: true, type, major, minor, access: 'rwm' };
}
