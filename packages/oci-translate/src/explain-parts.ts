import type { EffectiveValue } from '@hako/config';
import type { Origin } from '@hako/shape';
import type { DeviceInfo } from './devices.ts';
import type { ContainerConfig, SandboxConfig } from './sandbox-config.ts';

/** One line of the explanation. */
export interface ExplainedPart {
  /** `vcpus`, `memory`, `machine`, `kernel`, `shared file system`, ... */
  readonly part: string;
  readonly value: string;
  /** Formula or condition behind it, where there is one. */
  readonly because?: string;
  /** Where the value came from that decides; absent where the spec alone does. */
  readonly origin?: Origin;
  /** Why it changes nothing yet. */
  readonly effect?: string;
}

/** What the VM and its container would be built of, each part with what decided it. */
export function explainParts(
  sandbox: SandboxConfig,
  container: ContainerConfig,
  values: readonly EffectiveValue[],
): ExplainedPart[] {
  const { hypervisor, size, shmSizeBytes, runtime, kernelParams } = sandbox;
  const byField = new Map(values.map((value) => [value.field, value]));
  const parts: ExplainedPart[] = [];
  const add = (part: string, value: string, field?: string, because?: string): void => {
    const decides = field === undefined ? undefined : byField.get(field);
    parts.push({
      part,
      value,
      ...(because === undefined ? {} : { because }),
      ...(decides === undefined ? {} : { origin: decides.origin }),
      ...(decides?.effect === undefined ? {} : { effect: decides.effect }),
    });
  };
  add('vcpus', String(size.vcpus), 'hypervisor.defaultVcpus', size.vcpusFormula);
  add('vcpus at most', String(size.maxVcpus), 'hypervisor.defaultMaxVcpus');
  add('memory', `${size.memoryMib} MiB`, 'hypervisor.defaultMemoryMib', size.memoryFormula);
  add('memory at most', `${size.maxMemoryMib} MiB`, 'hypervisor.defaultMaxMemoryMib');
  add('machine', hypervisor.machineType, 'hypervisor.machineType');
  if (hypervisor.machineAccelerators !== '')
    add('machine options', hypervisor.machineAccelerators, 'hypervisor.machineAccelerators');
  add(
    'accelerator',
    hypervisor.accelerator,
    'hypervisor.accelerator',
    acceleratorRule(hypervisor.accelerator),
  );
  add('hypervisor', hypervisor.path, 'hypervisor.path');
  add('kernel', hypervisor.kernel, 'hypervisor.kernel');
  if (hypervisor.image !== '') add('image', hypervisor.image, 'hypervisor.image');
  if (hypervisor.initrd !== '') add('initrd', hypervisor.initrd, 'hypervisor.initrd');
  if (hypervisor.firmware !== '') add('firmware', hypervisor.firmware, 'hypervisor.firmware');
  if (kernelParams.length > 0)
    add(
      'kernel words',
      kernelParams.map(({ key, value }) => (value === undefined ? key : `${key}=${value}`)).join(' '),
      'hypervisor.kernelParams',
    );
  add('shared file system', hypervisor.sharedFs, 'hypervisor.sharedFs', sharedFsDetails(hypervisor));
  add('random numbers', hypervisor.entropySource, 'hypervisor.entropySource');
  const [network, networkField, why] = networkModel(sandbox);
  add('network', network, networkField, why);
  if (shmSizeBytes > 0) add('/dev/shm', `${shmSizeBytes} bytes`);
  add('seccomp in the guest', runtime.disableGuestSeccomp ? 'off' : 'on', 'runtime.disableGuestSeccomp');
  const { cgroupsPath = '' } = container.spec.linux ?? {};
  add(
    'cgroup',
    `all host processes of the sandbox in ${cgroupsPath === '' ? 'a cgroup of its own' : cgroupsPath}`,
    'runtime.sandboxCgroupOnly',
  );
  for (const device of container.devices) add('device', describeDevice(device));
  return parts;
}

function acceleratorRule(accelerator: string): string | undefined {
  return accelerator === 'auto' ? 'kvm if this kernel has booted under it, else tcg' : undefined;
}

function sharedFsDetails(hypervisor: SandboxConfig['hypervisor']): string | undefined {
  if (hypervisor.sharedFs === 'virtio-fs')
    return `${hypervisor.virtioFsDaemon}, cache ${hypervisor.virtioFsCache}`;
  return hypervisor.sharedFs === 'virtio-9p' ? `${hypervisor.msize9pBytes} bytes per message` : undefined;
}

function networkModel({
  network: { netNsPath, internetworkingModel, disableNewNetNs },
}: SandboxConfig): [value: string, field: string | undefined, because?: string] {
  if (disableNewNetNs)
    return ['loopback only', 'runtime.disableNewNetNs', 'the host’s own network is not lent to a machine'];
  if (internetworkingModel === 'user')
    return ['user', 'runtime.internetworkingModel', 'connections of an ordinary process of the host'];
  if (netNsPath === undefined) return ['loopback only', undefined, 'the spec names no network namespace'];
  return [internetworkingModel, 'runtime.internetworkingModel', `for ${netNsPath}`];
}

function describeDevice({ containerPath, type, major, minor }: DeviceInfo): string {
  return `${containerPath} (${type} ${major}:${minor})`;
}
