import { list, name, object, osText, type Shape, uint32 } from '@hako/shape';

/** One entry of `mounts`, in the order they are to be made. */
export interface Mount {
  /** Path in the container. */
  readonly destination: string;
  /** File system type; `bind` or an option `bind`/`rbind` makes a bind mount. */
  readonly type?: string;
  /** Device name, or a path for bind mounts (relative ones are taken from the bundle). */
  readonly source?: string;
  readonly options?: readonly string[];
  readonly uidMappings?: readonly IdMapping[];
  readonly gidMappings?: readonly IdMapping[];
}

/** A range of user or group ids. */
export interface IdMapping {
  readonly containerID: number;
  readonly hostID: number;
  /** How many ids. */
  readonly size: number;
}

export const idMappingShape: Shape<IdMapping> = object<IdMapping>(
  { containerID: uint32, hostID: uint32, size: uint32 },
  { containerID: true, hostID: true, size: true },
);

export const mountShape: Shape<Mount> = object<Mount>(
  {
    destination: name,
    type: osText,
    source: osText,
    options: list(osText),
    uidMappings: list(idMappingShape),
    gidMappings: list(idMappingShape),
  },
  { destination: true },
);
