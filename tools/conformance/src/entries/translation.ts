import { type Line, openPolicy } from '@hako/annotations';
import type { Spec } from '@hako/oci-spec';
import {
  containerConfig,
  type FileSystemSize,
  networkConfig,
  shmSize,
  TranslateError,
  type Translation,
  translate,
} from '@hako/oci-translate';
import { containerToGo } from '../go-container.ts';
import { assetFields, hypervisorToGo } from '../go-hypervisor.ts';
import { agentToGo, netmonToGo, networkModels, runtimeFromGo, shimToGo } from '../go-runtime.ts';
import { failed, isProblem, type Outcome, ok } from '../outcome.ts';
import { asFlag, asList, asNumber, asObject, asText, type Json, type JsonObject } from '../vectors.ts';

/** What the runner knows beside an input. */
export interface RunContext {
  readonly line: Line;
  readonly experimentalFeatures: readonly JsonObject[];
}

/** oci.SandboxConfig */
export function sandbox(input: JsonObject, { line, experimentalFeatures }: RunContext): Outcome {
  const runtime = asObject(input.runtime);
  const names = experimentalFeatures.map((feature) => asText(feature.Name));
  try {
    const translation = translate({
      spec: specOf(input),
      bundlePath: asText(input.bundlePath),
      containerId: asText(input.cid),
      config: runtimeFromGo(runtime),
      // The reference of 1.x honours every key.
      policy: openPolicy,
      line,
      host: {
        numCpus: asNumber(input.numCPU),
        experimentalFeatures: names,
        fileSystemSize: statfsOf(input),
      },
    });
    return ok(sandboxToGo(translation, input, experimentalFeatures));
  } catch (error) {
    if (error instanceof TranslateError) return failed(...error.facts.problems);
    throw error;
  }
}

/** oci.ContainerConfig */
export function container(input: JsonObject, { line }: RunContext): Outcome {
  const result = containerConfig({
    spec: specOf(input),
    bundlePath: asText(input.bundlePath),
    containerId: asText(input.cid),
    line,
  });
  return result.container === undefined
    ? failed(...result.problems)
    : ok(containerToGo(result.container, callOf(input)));
}

/** oci.getShmSize */
export function sharedMemorySize(input: JsonObject): Outcome {
  const mounts = asList(input.mounts).map((mount) => {
    const { Source, Destination, Type } = asObject(mount);
    return { source: asText(Source), destination: asText(Destination), type: asText(Type) };
  });
  const size = shmSize(mounts, statfsOf(input));
  return isProblem(size) ? failed(size) : ok(size);
}

/** oci.networkConfig */
export function network(input: JsonObject): Outcome {
  const { linux } = specOf(input);
  if (linux === undefined)
    return failed({
      severity: 'error',
      code: 'translate/missing-section',
      field: 'linux',
      rule: 'is required',
    });
  const config = runtimeFromGo(asObject(input.runtime));
  return ok(networkToGo(networkConfig(linux, config), config.netmon));
}

function sandboxToGo(
  { sandbox: made, container: first, config, origins }: Translation,
  input: JsonObject,
  features: readonly JsonObject[],
): JsonObject {
  const runtime = asObject(input.runtime);
  const hypervisorInput = asObject(runtime.HypervisorConfig);
  const hypervisor: Record<string, Json | undefined> = {
    ...hypervisorToGo(made.hypervisor, hypervisorInput),
  };
  // The reference notes files named by annotations in the sandbox's annotations and looks at them when it starts.
  for (const [name, field] of assetFields)
    if (origins[`hypervisor.${field}`] !== undefined) hypervisor[name] = hypervisorInput[name] ?? '';
  return {
    ID: made.id,
    Hostname: made.hostname,
    HypervisorType: made.runtime.hypervisorName,
    HypervisorConfig: hypervisor,
    AgentType: runtime.AgentType ?? '',
    AgentConfig: agentToGo(made.agent, runtime.AgentConfig),
    ProxyType: runtime.ProxyType ?? '',
    ProxyConfig: { Path: config.proxy.path, Debug: config.proxy.enableDebug },
    ShimType: runtime.ShimType ?? '',
    ShimConfig: shimToGo(config.shim, runtime.ShimConfig),
    NetworkConfig: networkToGo(made.network, config.netmon),
    Volumes: null,
    Containers: [containerToGo(first, callOf(input))],
    Annotations: made.annotations,
    ShmSize: made.shmSizeBytes,
    SharePidNs: false,
    Stateful: false,
    SystemdCgroup: asFlag(input.systemdCgroup),
    SandboxCgroupOnly: made.runtime.sandboxCgroupOnly,
    DisableGuestSeccomp: made.runtime.disableGuestSeccomp,
    Experimental: experimentalToGo(
      made.runtime.experimental,
      origins['runtime.experimental'] !== undefined,
      runtime,
      features,
    ),
    Cgroups: null,
  };
}

/** Names as the whole features: the configured ones as they came, those of an annotation as they are registered. */
function experimentalToGo(
  names: readonly string[],
  annotated: boolean,
  runtime: JsonObject,
  features: readonly JsonObject[],
): Json {
  if (!annotated) return runtime.Experimental ?? null;
  return names.map((name) => features.find((feature) => feature.Name === name) ?? null);
}

function networkToGo(
  made: ReturnType<typeof networkConfig>,
  netmon: Parameters<typeof netmonToGo>[0],
): JsonObject {
  return {
    NetNSPath: made.netNsPath ?? '',
    NetNsCreated: false,
    DisableNewNetNs: made.disableNewNetNs,
    NetmonConfig: netmonToGo(netmon),
    InterworkingModel: networkModels.indexOf(made.internetworkingModel),
  };
}

/** The spec as a caller who has parsed it elsewhere would hand it over. */
function specOf(input: JsonObject): Spec {
  return asObject(input.spec) as unknown as Spec;
}

function callOf(input: JsonObject): { console: string; detach: boolean } {
  return { console: asText(input.console), detach: asFlag(input.detach) };
}

function statfsOf(input: JsonObject): (path: string) => FileSystemSize | { error: string } {
  const answers = asObject(input.statfs);
  return (path) => {
    const answer = answers[path];
    if (answer === undefined) throw new Error(`statfs of ${path} was not recorded`);
    const { error, bsize, blocks } = asObject(answer);
    if (typeof error === 'string') return { error };
    return { blockSize: asNumber(bsize), blocks: asNumber(blocks) };
  };
}
