import type { AppliedOverride } from '@hako/annotations';
import { type EffectiveValue, effectiveValues, type RuntimeConfig } from '@hako/config';
import type { Problem } from '@hako/errors';
import type { ContainerConfig, SandboxConfig } from './sandbox-config.ts';
import { attemptTranslation, type TranslateInput } from './translate.ts';

/** What a backend would start for a sandbox. Layer 0 knows no backend, so whoever asks brings one. */
export interface CommandLine {
  /** Program and arguments. */
  readonly arguments: readonly string[];
  /** The guest kernel's command line. */
  readonly kernel: string;
}

export interface ExplainInput<C extends RuntimeConfig = RuntimeConfig> extends TranslateInput<C> {
  /** Says what would be started for the sandbox; starts nothing. */
  readonly commandLine?: (sandbox: SandboxConfig) => CommandLine;
}

/** What became of one annotation. */
export interface ExplainedAnnotation extends Omit<AppliedOverride, 'outcome'> {
  readonly outcome: AppliedOverride['outcome'] | 'refused' | 'unknown';
}

/** What VM a container would get, and why. Plain data. */
export interface Explanation {
  /** Whether `translate` would refuse the container; the rest then says what the accepted part gives. */
  readonly refused: boolean;
  /** Everything that is wrong or without effect. */
  readonly problems: readonly Problem[];
  /** Absent if the spec itself cannot be used. */
  readonly sandbox?: SandboxConfig;
  readonly container?: ContainerConfig;
  /** What the VM would be built of, by role, in words. */
  readonly parts: readonly ExplainedPart[];
  /** Every configuration value with its default and where it came from. */
  readonly values: readonly EffectiveValue[];
  readonly annotations: readonly ExplainedAnnotation[];
  readonly commandLine?: CommandLine;
}

/** One line of the explanation. */
export interface ExplainedPart {
  /** `vcpus`, `memory`, `machine`, `kernel`, `shared file system`, ... */
  readonly part: string;
  readonly value: string;
  /** Formula or condition behind it, where there is one. */
  readonly because?: string;
}

/**
 * Says what VM a container would get. Asks the same functions that create it, so both always agree. Throws
 * `TranslateError` only for a text that is no OCI spec.
 */
export function explain<C extends RuntimeConfig>(input: ExplainInput<C>): Explanation {
  const { translation, problems } = attemptTranslation(input);
  const refused = problems.some(({ severity }) => severity === 'error');
  if (translation === undefined)
    return {
      refused,
      problems,
      parts: [],
      values: effectiveValues(input.config, input.configOrigins),
      annotations: [],
    };
  const { sandbox, container, config, origins, applied } = translation;
  return {
    refused,
    problems,
    sandbox,
    container,
    parts: partsOf(sandbox),
    values: effectiveValues(config, origins),
    annotations: [...applied, ...refusedAnnotations(problems)],
    ...(input.commandLine === undefined ? {} : { commandLine: input.commandLine(sandbox) }),
  };
}

function refusedAnnotations(problems: readonly Problem[]): ExplainedAnnotation[] {
  return problems
    .filter(
      ({ code, severity }) =>
        code === 'annotation/unknown-key' || (severity === 'error' && code.startsWith('annotation/')),
    )
    .map(({ code, field, value = '', rule }) => ({
      key: field,
      family: '',
      text: value,
      outcome: code === 'annotation/unknown-key' ? 'unknown' : 'refused',
      reason: rule,
    }));
}

function partsOf({
  hypervisor,
  size,
  network,
  shmSizeBytes,
  runtime,
  kernelParams,
}: SandboxConfig): ExplainedPart[] {
  const parts: ExplainedPart[] = [];
  const add = (part: string, value: string, because?: string): void => {
    parts.push(because === undefined ? { part, value } : { part, value, because });
  };
  add('vcpus', `${size.vcpus}, at most ${size.maxVcpus}`, size.vcpusFormula);
  add('memory', `${size.memoryMib} MiB, at most ${size.maxMemoryMib} MiB`, size.memoryFormula);
  add(
    'machine',
    [hypervisor.machineType, hypervisor.machineAccelerators].filter((word) => word !== '').join(','),
  );
  add(
    'accelerator',
    hypervisor.accelerator,
    hypervisor.accelerator === 'auto' ? 'kvm if a probe booted under it, else tcg' : undefined,
  );
  add('hypervisor', hypervisor.path);
  add('kernel', hypervisor.kernel);
  if (hypervisor.image !== '') add('image', hypervisor.image);
  if (hypervisor.initrd !== '') add('initrd', hypervisor.initrd);
  if (hypervisor.firmware !== '') add('firmware', hypervisor.firmware);
  if (kernelParams.length > 0)
    add(
      'kernel words',
      kernelParams.map(({ key, value }) => (value === undefined ? key : `${key}=${value}`)).join(' '),
    );
  add('shared file system', ...sharedFs(hypervisor));
  add('random numbers', hypervisor.entropySource);
  add('network', ...networkModel(network));
  add('/dev/shm', shmSizeBytes === 0 ? 'none' : `${shmSizeBytes} bytes`);
  add('seccomp in the guest', runtime.disableGuestSeccomp ? 'off' : 'on');
  add(
    'cgroup',
    runtime.sandboxCgroupOnly
      ? 'all host processes in the cgroup of the pod'
      : 'vCPU threads in the cgroup of the pod',
  );
  return parts;
}

function sharedFs(hypervisor: SandboxConfig['hypervisor']): [string, string?] {
  if (hypervisor.sharedFs === 'virtio-fs')
    return ['virtio-fs', `${hypervisor.virtioFsDaemon}, cache ${hypervisor.virtioFsCache}`];
  if (hypervisor.sharedFs === 'virtio-9p')
    return ['virtio-9p', `${hypervisor.msize9pBytes} bytes per message`];
  return [hypervisor.sharedFs];
}

function networkModel({
  netNsPath,
  internetworkingModel,
  disableNewNetNs,
}: SandboxConfig['network']): [string, string?] {
  if (disableNewNetNs) return ['that of the host', 'disable_new_netns'];
  if (netNsPath === undefined) return ['loopback only', 'the spec names no network namespace'];
  return [internetworkingModel, netNsPath];
}
