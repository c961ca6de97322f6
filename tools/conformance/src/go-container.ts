import { capabilitiesShape, linuxResourcesShape } from '@hako/oci-spec';
import type { ContainerConfig, DeviceInfo } from '@hako/oci-translate';
import type { ShapeNode } from '@hako/shape';
import { isObject, type Json, type JsonObject } from './vectors.ts';

/** Settings of a call that the reference copies into its command. */
export interface CallSettings {
  readonly console: string;
  readonly detach: boolean;
}

/** The reference's form of a container. */
export function containerToGo(container: ContainerConfig, { console, detach }: CallSettings): JsonObject {
  const { process, mounts, linux } = container.spec;
  return {
    ID: container.id,
    RootFs: { Source: '', Target: container.rootfs.path, Type: '', Options: null, Mounted: true },
    ReadonlyRootfs: container.rootfs.readonly,
    Cmd: {
      Args: process?.args ?? null,
      Envs: container.env.map(({ name, value }) => ({ Var: name, Value: value })),
      SupplementaryGroups: (process?.user?.additionalGids ?? []).map(String),
      User: String(process?.user?.uid ?? 0),
      PrimaryGroup: String(process?.user?.gid ?? 0),
      WorkDir: process?.cwd ?? '',
      Console: console,
      Capabilities: known(capabilitiesShape, asJson(process?.capabilities)),
      Interactive: process?.terminal ?? false,
      Detach: detach,
      NoNewPrivileges: process?.noNewPrivileges ?? false,
    },
    Annotations: container.annotations,
    Mounts: (mounts ?? []).map((mount) => ({
      Source: mount.source ?? '',
      Destination: mount.destination ?? '',
      Type: mount.type ?? '',
      Options: mount.options ?? null,
      HostPath: '',
      ReadOnly: false,
      BlockDeviceID: '',
    })),
    DeviceInfos: container.devices.map(deviceToGo),
    Resources: known(linuxResourcesShape, asJson(linux?.resources)),
    CustomSpec: asJson(container.spec),
  };
}

export function deviceToGo(device: DeviceInfo): JsonObject {
  return {
    HostPath: '',
    ContainerPath: device.containerPath,
    DevType: device.type,
    Major: device.major,
    Minor: device.minor,
    Pmem: false,
    FileMode: device.fileMode,
    UID: device.uid,
    GID: device.gid,
    ID: '',
    DriverOptions: null,
  };
}

/** Only the members that the specification names: a Go struct has no place for others, hako keeps them. */
function known(shape: ShapeNode, value: Json): Json {
  if (Array.isArray(value))
    return value.map((member) => known(shape.kind === 'list' ? shape.item : shape, member));
  if (!isObject(value)) return value;
  if (shape.kind === 'record')
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [name, known(shape.item, member ?? null)]),
    );
  if (shape.kind !== 'object') return value;
  const result: Record<string, Json> = {};
  for (const [name, member] of Object.entries(value)) {
    const field = shape.fields[name];
    if (field !== undefined && member !== undefined) result[name] = known(field, member);
  }
  return result;
}

/** Plain data seen as JSON; undefined is null. */
function asJson(value: unknown): Json {
  return (value ?? null) as Json;
}
