import { defaultRuntimeConfig, type RuntimeConfig } from '@hako/config';
import { hypervisorFromGo } from './go-hypervisor.ts';
import {
  asFlag,
  asList,
  asNumber,
  asObject,
  asText,
  isObject,
  type Json,
  type JsonObject,
} from './vectors.ts';

/** The reference's numbers for network models, and hako's words. */
export const networkModels: readonly string[] = ['default', 'macvtap', 'tcfilter', 'none', 'invalid'];

/** hako's configuration from the reference's RuntimeConfig; absent fields are zero values, as in Go. */
export function runtimeFromGo(go: JsonObject): RuntimeConfig {
  const defaults = defaultRuntimeConfig();
  const agent = asObject(go.AgentConfig);
  const kata = isKataAgent(go.AgentConfig);
  const proxy = asObject(go.ProxyConfig);
  const shim = asObject(go.ShimConfig);
  const netmon = asObject(go.NetmonConfig);
  const model = networkModels[asNumber(go.InterNetworkModel)] ?? 'invalid';
  return {
    ...defaults,
    hypervisor: hypervisorFromGo(asObject(go.HypervisorConfig), defaults.hypervisor),
    agent: kata ? agentFromGo(agent, defaults.agent) : defaults.agent,
    runtime: {
      ...defaults.runtime,
      hypervisorName: asText(go.HypervisorType),
      agentName: kata ? 'kata' : 'other',
      // The reference does not check the configured model, so a wrong one must come through.
      internetworkingModel: model as RuntimeConfig['runtime']['internetworkingModel'],
      enableDebug: asFlag(go.Debug),
      enableTracing: asFlag(go.Trace),
      disableGuestSeccomp: asFlag(go.DisableGuestSeccomp),
      disableNewNetns: asFlag(go.DisableNewNetNs),
      sandboxCgroupOnly: asFlag(go.SandboxCgroupOnly),
      experimental: asList(go.Experimental).map((feature) => asText(asObject(feature).Name)),
    },
    proxy: { path: asText(proxy.Path), enableDebug: asFlag(proxy.Debug) },
    shim: {
      path: asText(shim.Path),
      enableDebug: asFlag(shim.Debug),
      enableTracing: asFlag(shim.Trace),
    },
    netmon: {
      path: asText(netmon.Path),
      enableDebug: asFlag(netmon.Debug),
      enableNetmon: asFlag(netmon.Enable),
    },
  };
}

type Agent = RuntimeConfig['agent'];

function agentFromGo(go: JsonObject, defaults: Agent): Agent {
  return {
    ...defaults,
    enableDebug: asFlag(go.Debug),
    enableTracing: asFlag(go.Trace),
    containerPipeSizeBytes: asNumber(go.ContainerPipeSize),
    traceMode: asText(go.TraceMode) as Agent['traceMode'],
    traceType: asText(go.TraceType) as Agent['traceType'],
    kernelModules: asList(go.KernelModules).map(asText),
  };
}

/** The reference's form of the agent's configuration; that of another agent than Kata's is passed on. */
export function agentToGo(agent: Agent, input: Json | undefined): Json {
  if (!isObject(input) || !isKataAgent(input)) return input ?? null;
  return {
    $type: 'KataAgentConfig',
    LongLiveConn: input.LongLiveConn ?? false,
    UseVSock: input.UseVSock ?? false,
    Debug: agent.enableDebug,
    Trace: agent.enableTracing,
    ContainerPipeSize: agent.containerPipeSizeBytes,
    TraceMode: agent.traceMode,
    TraceType: agent.traceType,
    KernelModules: agent.kernelModules,
  };
}

export function shimToGo(shim: RuntimeConfig['shim'], input: Json | undefined): Json {
  if (!isObject(input)) return null;
  if (input.$type !== 'ShimConfig') return input;
  return { $type: 'ShimConfig', Path: shim.path, Debug: shim.enableDebug, Trace: shim.enableTracing };
}

export function netmonToGo(netmon: RuntimeConfig['netmon']): JsonObject {
  return { Path: netmon.path, Debug: netmon.enableDebug, Enable: netmon.enableNetmon };
}

function isKataAgent(config: Json | undefined): boolean {
  return isObject(config) && config.$type === 'KataAgentConfig';
}
