import {
  type AppliedOverride,
  type ApplyResult,
  applyOverrides,
  type HostFacts,
  type Line,
  type OverrideFamily,
  type Policy,
} from '@hako/annotations';
import { type HypervisorSizes, type RuntimeConfig, refusals, resolveSizes } from '@hako/config';
import type { Problem } from '@hako/errors';
import { OciSpecError, parseSpec, type Spec } from '@hako/oci-spec';
import { assetAnnotations } from '@hako/overrides-assets';
import { containerFamily } from '@hako/overrides-runtime';
import type { Origin, Origins } from '@hako/shape';
import { bindMountProblems } from './bind-mount-problems.ts';
import { cannotApply } from './cannot-apply.ts';
import { cdiWithoutEffect } from './cdi/cdi-without-effect.ts';
import { containerConfig } from './container-config.ts';
import { bundlePathKey } from './container-type.ts';
import { TranslateError } from './error.ts';
import { defaultFamilies, type OverridableConfig } from './families.ts';
import { kernelWords } from './kernel-words.ts';
import { networkConfig } from './network-config.ts';
import { policyFromConfig } from './policy-from-config.ts';
import type { ContainerConfig, SandboxConfig } from './sandbox-config.ts';
import { type FileSystemSizeOf, shmSize } from './shm-size.ts';
import { type VmSize, vmSize } from './vm-size.ts';
import { workloadOf } from './workload.ts';

/** What the host must tell; everything is injected so that a translation is a pure function. */
export interface TranslateHost extends HostFacts {
  /** Memory of the host. MiB. */
  readonly memoryMib?: number;
  /** Asked for the source of a bind-mounted /dev/shm. Default: 64 MiB without asking. */
  readonly fileSystemSize?: FileSystemSizeOf;
}

export interface TranslateInput<C extends RuntimeConfig = RuntimeConfig> {
  /** config.json as text or bytes, which is parsed and checked here ... */
  readonly specText?: string | Uint8Array;
  /** ... or as `parseSpec` gave it. One of the two is needed. */
  readonly spec?: Spec;
  /** Name of config.json in problems. Default `config.json`. */
  readonly specFile?: string;
  /** Absolute path of the bundle; a relative root path starts here. */
  readonly bundlePath: string;
  readonly containerId: string;
  /** Configuration before annotations. */
  readonly config: C;
  /** Where the configuration's values came from, as `parseConfiguration` gave it. */
  readonly configOrigins?: Origins;
  /** Default `defaultFamilies`. Give the same array each time: its index is kept. */
  readonly families?: readonly OverrideFamily<NoInfer<C> & OverridableConfig>[];
  /** What annotations may ask for. Default: what the configuration says. */
  readonly policy?: Policy;
  /** Whose rules count. Default `3.x`. */
  readonly line?: Line;
  readonly host: TranslateHost;
}

/** A container and its sandbox, and how they came about. */
export interface Translation<C extends RuntimeConfig = RuntimeConfig> {
  /**
   * The sandbox the container needs. For a `pod_container` the sandbox exists already and this is what the
   * configuration alone says: annotations of later containers do not change it.
   */
  readonly sandbox: SandboxConfig;
  readonly container: ContainerConfig;
  /** The whole configuration after annotations, with parts of third-party families. */
  readonly config: C & OverridableConfig;
  /** Where each value of `config` came from, by field path; absent: default. */
  readonly origins: Origins;
  /** What each annotation did. */
  readonly applied: readonly AppliedOverride[];
  readonly warnings: readonly Problem[];
}

/**
 * Translates an OCI bundle's config.json into the VM and container it asks for. Starts nothing, reads nothing.
 *
 * Throws `TranslateError` whose `facts.problems` holds everything wrong with the spec and its annotations at once.
 */
export function translate<C extends RuntimeConfig>(input: TranslateInput<C>): Translation<C> {
  const { translation, problems } = attemptTranslation(input);
  if (translation === undefined || problems.some(isError)) throw new TranslateError(problems);
  return translation;
}

/** A translation as far as it goes: with problems in annotations, what the accepted ones give. */
export interface Attempt<C extends RuntimeConfig = RuntimeConfig> {
  /** Absent if the spec itself cannot be used. */
  readonly translation?: Translation<C>;
  /** Everything that is wrong, warnings too. */
  readonly problems: readonly Problem[];
}

/** As `translate`, but hands back what can be said in spite of errors. Throws `TranslateError` if text is no spec. */
export function attemptTranslation<C extends RuntimeConfig>(input: TranslateInput<C>): Attempt<C> {
  const spec = input.spec ?? readSpec(input);
  const line = input.line ?? '3.x';
  const file = input.specFile ?? 'config.json';
  const { container, problems: containerProblems } = containerConfig({ ...input, spec, line });
  const isLater = container?.type === 'pod_container' && line === '3.x';
  const keepsConfiguration = isLater || line === '1.x';
  const overrides = applyAnnotations(input, spec, line, isLater);
  const { fileSystemSize, canonicalPath } = input.host;
  const shmSizeBytes = shmSize(spec.mounts, fileSystemSize);
  const problems = [
    ...containerProblems.map((problem) => ({ ...problem, file })),
    ...(typeof shmSizeBytes === 'number' ? [] : [{ ...shmSizeBytes, file }]),
    // The older line is held to what was recorded of it.
    ...(line === '1.x' ? [] : cannotApply(spec).map((problem) => ({ ...problem, file }))),
    ...(keepsConfiguration
      ? []
      : cdiWithoutEffect(spec, overrides.config).map((problem) => ({ ...problem, file }))),
    ...(spec.vm === undefined ? [] : [{ ...vmSectionIgnored, file }]),
    ...withRefusals(overrides, keepsConfiguration),
    ...(keepsConfiguration || canonicalPath === undefined
      ? []
      : bindMountProblems(overrides.config, overrides.origins, canonicalPath)),
  ];
  if (container === undefined || typeof shmSizeBytes !== 'number') return { problems };
  const { config, size, derived } = sized(overrides.config, spec, input.host, line);
  return {
    problems,
    translation: {
      sandbox: sandboxConfig(isLater ? container.sandboxId : container.id, input.bundlePath, spec, config, {
        size,
        shmSizeBytes,
      }),
      container: withContainerOverrides(input, spec, container, config, line),
      config,
      // What somebody asked for keeps its place; a default that was computed says how.
      origins: derived === undefined ? overrides.origins : { ...derived, ...overrides.origins },
      applied: overrides.applied,
      warnings: problems,
    },
  };
}

function applyAnnotations<C extends RuntimeConfig>(
  { config, configOrigins: origins = {}, families = defaultFamilies, host, policy }: TranslateInput<C>,
  spec: Spec,
  line: Line,
  isLater: boolean,
): ApplyResult<C & OverridableConfig> {
  const result = applyOverrides<C & OverridableConfig>({
    annotations: spec.annotations ?? {},
    families: isLater ? laterFamilies : families,
    config: { assetHashes: {}, container: {}, ...config },
    origins,
    host,
    policy: policy ?? policyFromConfig(config, origins),
    line,
  });
  // Keys of other families count on the first container of the pod; here they are not unknown, only without use.
  return isLater
    ? { ...result, problems: result.problems.filter(({ code }) => code !== 'annotation/unknown-key') }
    : result;
}

/**
 * What is refused is an error, also where it came from the configuration; that it has no effect is not said as well. A further member
 * of a pod gets no machine, so that nothing is refused for it.
 */
function withRefusals<C extends RuntimeConfig>(
  result: ApplyResult<C>,
  toItself: boolean,
): readonly Problem[] {
  if (toItself) return result.problems;
  const refused = refusals(result.config, result.origins);
  const fields = new Set(refused.map(({ field }) => field));
  return [
    ...result.problems.filter(({ code, field }) => code !== 'annotation/no-effect' || !fields.has(field)),
    ...refused,
  ];
}

/** 1.x leaves sizes as they are configured; it has resolved them when it loaded the configuration. */
function sized<C extends RuntimeConfig>(
  config: C,
  spec: Spec,
  host: TranslateHost,
  line: Line,
): { readonly config: C; readonly size: VmSize; readonly derived?: Origins } {
  if (line === '1.x') return { config, size: vmSize(config.hypervisor, config.runtime, {}) };
  const sizes = resolveSizes(config.hypervisor, host);
  const size = vmSize(sizes, config.runtime, workloadOf(spec));
  const hypervisor = {
    ...config.hypervisor,
    ...sizes,
    defaultVcpus: size.vcpus,
    defaultMaxVcpus: size.maxVcpus,
    defaultMemoryMib: size.memoryMib,
    defaultMaxMemoryMib: size.maxMemoryMib,
  };
  const derived = derivedOrigins(config.hypervisor, size, host);
  return { config: { ...config, hypervisor }, size, ...(derived === undefined ? {} : { derived }) };
}

/** How the sizes that differ from the configured ones came about. */
function derivedOrigins(before: HypervisorSizes, size: VmSize, host: TranslateHost): Origins | undefined {
  let origins: Record<string, Origin> | undefined;
  const note = (field: string, changed: boolean, from: string): void => {
    if (!changed) return;
    origins ??= {};
    origins[`hypervisor.${field}`] = { kind: 'derived', from };
  };
  note('defaultVcpus', size.vcpus !== before.defaultVcpus, size.vcpusFormula);
  note('defaultMemoryMib', size.memoryMib !== before.defaultMemoryMib, size.memoryFormula);
  const vcpus = size.maxVcpus > host.numCpus ? 'vCPUs at boot' : `${host.numCpus} CPUs of the host`;
  note('defaultMaxVcpus', size.maxVcpus !== before.defaultMaxVcpus, vcpus);
  const memory =
    size.maxMemoryMib === host.memoryMib ? `${host.memoryMib} MiB of the host` : 'memory at boot';
  note('defaultMaxMemoryMib', size.maxMemoryMib !== before.defaultMaxMemoryMib, memory);
  return origins;
}

/** Said, not dropped: the section is checked, but a bundle does not choose programs and files of the host. */
const vmSectionIgnored: Problem = {
  severity: 'warning',
  code: 'translate/no-effect',
  field: 'vm',
  rule: 'has no effect: the VM is made from the configuration and from annotations',
};

/** A constant array, so that the engine's index of it is kept. */
const laterFamilies = [containerFamily];

function readSpec({ specText, specFile = 'config.json' }: TranslateInput<RuntimeConfig>): Spec {
  if (specText === undefined) throw new TypeError('translate needs spec or specText');
  try {
    return parseSpec(specText, { file: specFile });
  } catch (error) {
    if (error instanceof OciSpecError) throw new TranslateError(error.facts.problems, error);
    throw error;
  }
}

function sandboxConfig(
  id: string,
  bundlePath: string,
  spec: Spec,
  config: OverridableConfig,
  sizes: Pick<SandboxConfig, 'size' | 'shmSizeBytes'>,
): SandboxConfig {
  const annotations: Record<string, string> = { [bundlePathKey]: bundlePath };
  for (const key of assetAnnotations) {
    const value = spec.annotations?.[key];
    if (value !== undefined) annotations[key] = value;
  }
  return {
    id,
    hostname: spec.hostname ?? '',
    hypervisor: config.hypervisor,
    selinuxLabel: config.hypervisor.disableSelinux ? '' : (spec.process?.selinuxLabel ?? ''),
    agent: config.agent,
    runtime: config.runtime,
    factory: config.factory,
    network: networkConfig(spec.linux, config),
    ...sizes,
    kernelParams: kernelWords(config),
    assetHashes: config.assetHashes,
    annotations,
  };
}

function withContainerOverrides(
  input: Pick<TranslateInput, 'bundlePath' | 'containerId'>,
  spec: Spec,
  container: ContainerConfig,
  { container: overrides }: OverridableConfig,
  line: Line,
): ContainerConfig {
  if (Object.keys(overrides).length === 0) return container;
  return containerConfig({ ...input, spec, line, overrides }).container ?? container;
}

function isError({ severity }: Problem): boolean {
  return severity === 'error';
}
