import type { DeviceRule, Linux } from '@hako/oci-spec';
import type { ContainerConfig, SandboxConfig } from '@hako/oci-translate';
import { isVfioPath } from '@hako/oci-translate/vfio-path';
import { hasAllDevices } from '../all-devices.ts';
import { sandboxError } from '../sandbox-error.ts';
import { type VfioFile, vfioFile } from './vfio-file.ts';

/** Devices of the host that a container asks for by one file. */
export interface PlannedHostDevice {
  readonly file: VfioFile;
  readonly containerPath: string;
  readonly field: string;
}

/**
 * The devices of the host's PCI bus that a container asks for: devices with the path of a VFIO file. With all devices of the
 * host (`--privileged`) none is meant but those that are named elsewhere. Starts nothing.
 *
 * @throws SandboxError `host-refused` as vfioFile; `unsupported` for what the configuration excludes
 */
export function planHostDevices(
  { spec, devices }: Pick<ContainerConfig, 'spec' | 'devices'>,
  sandbox: Pick<SandboxConfig, 'hypervisor' | 'runtime'>,
  root = '/',
): readonly PlannedHostDevice[] {
  const hasAll = hasAllDevices(spec.linux);
  return devices.flatMap(({ type, major, minor, containerPath, namedBy }, index): PlannedHostDevice[] => {
    if ((type !== 'c' && type !== 'u') || !isVfioPath(containerPath)) return [];
    if (hasAll && namedBy === undefined) return [];
    const field = namedBy ?? `linux.devices[${index}]`;
    demandPort(sandbox, `${field}: ${containerPath}`);
    return [{ file: vfioFile(Number(major), Number(minor), field, root), containerPath, field }];
  });
}

/** As planHostDevices, of the devices that a pod's machine starts with besides those of its first container. */
export function planNamedDevices(
  sandbox: Pick<SandboxConfig, 'hypervisor' | 'runtime' | 'hostDevices'>,
  root = '/',
): readonly PlannedHostDevice[] {
  return planHostDevices(
    { spec: { ociVersion: '1.2.0' }, devices: sandbox.hostDevices ?? [] },
    sandbox,
    root,
  );
}

function demandPort(
  { hypervisor, runtime }: Pick<SandboxConfig, 'hypervisor' | 'runtime'>,
  what: string,
): void {
  const { coldPlugVfio, hotPlugVfio, enableIommu } = hypervisor;
  if (coldPlugVfio === 'no-port' && hotPlugVfio === 'no-port')
    throw sandboxError(
      'unsupported',
      `${what} is a device of the host, and cold_plug_vfio and hot_plug_vfio = "no-port" keep those out of virtual machines; set one of them to "root-port"`,
    );
  if (runtime.vfioMode === 'vfio' && !enableIommu)
    throw sandboxError(
      'unsupported',
      `${what}: vfio_mode = "vfio" needs a guest with an IOMMU; set enable_iommu = true, or vfio_mode = "guest-kernel"`,
    );
}

/**
 * Devices and rules of config.json as the guest's container has them: in the mode `guest-kernel`, in which the guest's own driver has
 * the device, without files of VFIO, as with Kata; with all devices of the host without those that stand for one and that nobody named.
 */
export function withoutVfioFiles(
  linux: Linux,
  mode: SandboxConfig['runtime']['vfioMode'],
  infos: ContainerConfig['devices'],
): Linux {
  const { devices = [], resources } = linux;
  const named = new Set(infos.flatMap((info) => (info.namedBy === undefined ? [] : [info.containerPath])));
  const isKept =
    mode === 'guest-kernel'
      ? (path: string): boolean => !path.startsWith('/dev/vfio/')
      : (path: string): boolean => !(isVfioPath(path) && hasAllDevices(linux)) || named.has(path);
  const left = devices.filter(({ path, type }) => type === 'b' || isKept(path));
  if (left.length === devices.length) return linux;
  const gone = new Set(devices.filter((device) => !left.includes(device)).map(numbersOf));
  return {
    ...linux,
    devices: left,
    ...(resources?.devices === undefined
      ? {}
      : {
          resources: {
            ...resources,
            devices: resources.devices.filter((rule) => !(rule.type === 'c' && gone.has(numbersOf(rule)))),
          },
        }),
  };
}

function numbersOf({ major = 0, minor = 0 }: Pick<DeviceRule, 'major' | 'minor'>): string {
  return `${major}:${minor}`;
}
