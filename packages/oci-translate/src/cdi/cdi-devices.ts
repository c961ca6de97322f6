import type { Problem } from '@hako/errors';
import { nearest, printable } from '@hako/shape';
import type { DeviceInfo } from '../devices.ts';
import { isVfioPath } from '../vfio-path.ts';
import type { CdiName } from './cdi-names.ts';
import { type CdiDevice, type CdiDeviceNode, type CdiFile, type CdiSpec, readCdiSpec } from './cdi-spec.ts';

/** What of the host says which devices are meant; the operator's, not the container's. */
export interface CdiHost {
  /** Where the files lie, for people. */
  readonly folders: readonly string[];
  /** All files of the folders. */
  readonly files: () => readonly CdiFile[];
  /** What device a file of the host is; undefined for one that is no character device. */
  readonly characterDevice: (path: string) => HostNumbers | undefined;
}

export interface HostNumbers {
  readonly major: number;
  readonly minor: number;
}

interface FoundFile extends CdiFile {
  readonly spec: CdiSpec;
}

/** One of the places where a device is described. */
interface Description {
  readonly file: FoundFile;
  readonly device: CdiDevice;
  /** Its place among the devices of the file. */
  readonly index: number;
}

/**
 * The VFIO files that devices of the Container Device Interface stand for, each once. What else these bring into a container is for those
 * who make containers. Throws nothing.
 */
export function cdiDevices(
  names: readonly CdiName[],
  host: CdiHost,
): { readonly devices: readonly DeviceInfo[]; readonly problems: readonly Problem[] } {
  const kinds = new Set(names.map(({ kind }) => kind));
  const problems: Problem[] = [];
  const found: FoundFile[] = [];
  for (const file of host.files()) {
    const { spec, problems: wrong } = readCdiSpec(file, kinds);
    problems.push(...wrong);
    if (spec !== undefined) found.push({ ...file, spec });
  }
  const devices = new Map<string, DeviceInfo>();
  for (const name of names) {
    const described = descriptionOf(name, found, host.folders);
    if ('severity' in described) {
      problems.push(described);
      continue;
    }
    const infos = vfioNodes(described).map((node) => deviceInfo(node, name, host));
    if (infos.length === 0) problems.push(withoutVfio(name, described.file.path));
    for (const info of infos) {
      if ('severity' in info) problems.push(info);
      else if (!devices.has(info.containerPath)) devices.set(info.containerPath, info);
    }
  }
  return { devices: [...devices.values()], problems };
}

function descriptionOf(
  asked: CdiName,
  files: readonly FoundFile[],
  folders: readonly string[],
): Description | Problem {
  const { kind, device: wanted, mayBeAnother = false } = asked;
  const ofKind = files.filter(({ spec }) => spec.kind === kind);
  const all = ofKind.flatMap((file) =>
    file.spec.devices.map((device, index): Description => ({ file, device, index })),
  );
  const named = all.filter(({ device }) => device.name === wanted);
  const rank = Math.max(...named.map(({ file }) => file.rank));
  const [only, ...others] = named.filter(({ file }) => file.rank === rank);
  const refused = { severity: 'error', ...placeOf(asked) } as const;
  if (only === undefined) {
    const guess = nearest(wanted, [...new Set(all.map(({ device }) => device.name))]);
    const fix =
      guess === undefined
        ? `have it described by a file there, .json or .yaml, as the vendor's tools write them`
        : `did you mean ${kind}=${guess}?`;
    const severity = mayBeAnother ? 'warning' : 'error';
    return {
      ...refused,
      severity,
      code: 'cdi/no-device',
      rule: `is no CDI device of ${folders.join(' or ')}`,
      fix,
    };
  }
  if (others.length === 0) return only;
  const places = [only, ...others].map(({ file, index }) => `${file.path} (devices[${index}])`).join(' and ');
  return { ...refused, code: 'cdi/two-devices', rule: `must be described once, not by ${places}` };
}

interface PlacedNode extends CdiDeviceNode {
  readonly file: string;
  readonly field: string;
}

function vfioNodes({ file, device, index }: Description): readonly PlacedNode[] {
  return [
    [`containerEdits`, file.spec.containerEdits] as const,
    [`devices[${index}].containerEdits`, device.containerEdits] as const,
  ].flatMap(([place, edits]) =>
    (edits?.deviceNodes ?? []).flatMap((node, number) =>
      isVfioPath(node.path) ? [{ ...node, file: file.path, field: `${place}.deviceNodes[${number}]` }] : [],
    ),
  );
}

/** As CDI's `container-edits_unix.go` has it, a type and a major number make a description complete; else the file of the host is asked. */
function deviceInfo(node: PlacedNode, { name, namedBy }: CdiName, host: CdiHost): DeviceInfo | Problem {
  const { path, hostPath = path, type, major = 0, minor = 0, fileMode = 0, uid = 0, gid = 0 } = node;
  const refused = { severity: 'error', file: node.file } as const;
  if (type !== undefined && type !== '' && type !== 'c' && type !== 'u')
    return {
      ...refused,
      code: 'cdi/device-type',
      field: `${node.field}.type`,
      value: printable(type),
      rule: `must be c (device ${path})`,
    };
  const isComplete = type !== undefined && type !== '' && major !== 0;
  const numbers = isComplete ? { major, minor } : host.characterDevice(hostPath);
  if (numbers === undefined)
    return {
      ...refused,
      code: 'cdi/no-file',
      field: `${node.field}.${node.hostPath === undefined ? 'path' : 'hostPath'}`,
      value: printable(hostPath),
      rule: `must be a character device of this host (${name})`,
      fix: 'bind the device to vfio-pci',
    };
  return { containerPath: path, type: 'c', ...numbers, fileMode, uid, gid, namedBy: `${namedBy}: ${name}` };
}

function withoutVfio(name: CdiName, described: string): Problem {
  return {
    severity: 'warning',
    code: 'cdi/no-vfio',
    ...placeOf(name),
    rule: `gives the machine nothing: ${described} has no file of VFIO for it (/dev/vfio/N, /dev/vfio/devices/vfioN)`,
  };
}

function placeOf({ file, namedBy, name }: CdiName): Omit<Problem, 'severity' | 'code' | 'rule'> {
  return { ...(file === undefined ? {} : { file }), field: namedBy, value: printable(name) };
}
