import { bool, fields, parseUint } from '@hako/annotations';
import {
  addParam,
  completeHypervisor,
  defaultRuntimeConfig,
  formatParams,
  hypervisorKinds,
  parseParams,
} from '@hako/config';
import { quote } from '@hako/errors';
import type { LinuxDevice, Spec } from '@hako/oci-spec';
import {
  configPathOf,
  containerType,
  deviceInfo,
  isAbsolute,
  joinPath,
  ociSpec,
  ociState,
  ociStatus,
  parseEnvironment,
  recordedContainerType,
  sandboxId,
} from '@hako/oci-translate';
import { addFeature, type ExperimentalFeature, findFeature, networkModel } from '@hako/overrides-runtime';
import { deviceToGo } from '../go-container.ts';
import { hypervisorFromGo, hypervisorToGo, paramFromGo, paramToGo } from '../go-hypervisor.ts';
import { networkModels } from '../go-runtime.ts';
import { either, failed, isProblem, nothing, type Outcome, ok } from '../outcome.ts';
import { asList, asNumber, asObject, asText, type Json, type JsonObject } from '../vectors.ts';
import type { RunContext } from './translation.ts';

type Entry = (input: JsonObject, context: RunContext) => Outcome;

/** Entries other than those that translate a whole spec. */
export const smallEntries: Readonly<Record<string, Entry>> = {
  'oci.ContainerType': (input, { line }) =>
    either(containerType(annotationsOf(asObject(input.spec).annotations), line)),
  'oci.SandboxID': (input) =>
    either(sandboxId(annotationsOf(asObject(input.spec).annotations)) ?? nothing('sandbox id')),
  'oci.GetContainerType': (input) =>
    either(recordedContainerType(annotationsOf(input.annotations)) ?? nothing('container type')),
  'oci.GetSandboxConfigPath': (input) => ok(configPathOf(annotationsOf(input.annotations))),
  'oci.EnvVars': (input) => {
    const { variables, problems } = parseEnvironment(asList(input.envs).map(asText));
    return problems.length > 0
      ? failed(...problems)
      : ok(variables.map(({ name, value }) => ({ Var: name, Value: value })));
  },
  'oci.StateToOCIState': (input) => ok(ociStatus(asText(input.state)) ?? ''),
  'oci.StatusToOCIState': (input) => {
    const status = asObject(input.status);
    const annotations = annotationsOf(status.Annotations);
    const state = ociState(
      {
        id: asText(status.ID),
        state: asText(asObject(status.State).State),
        pid: asNumber(status.PID),
        ...(annotations === undefined ? {} : { annotations }),
      },
      // The reference claims the version it was built with; hako's is an argument.
      '1.0.1-dev',
    );
    return ok({ ...state, status: state.status ?? '' });
  },
  'oci.GetOCIConfig': (input) => {
    const spec = asObject(input.status).Spec;
    const result = ociSpec(
      spec === null || spec === undefined ? {} : { spec: asObject(spec) as unknown as Spec },
    );
    return isProblem(result) ? failed(result) : ok(result as unknown as Json);
  },
  'oci.newLinuxDeviceInfo': (input) => {
    const info = deviceInfo(asObject(input.device) as unknown as LinuxDevice);
    return isProblem(info) ? failed(info) : ok(deviceToGo(info));
  },
  'oci.RuntimeConfig.AddKernelParam': (input) => {
    const params = addParam(asList(input.kernelParams).map(paramFromGo), paramFromGo(input.param ?? null));
    return params === undefined ? failed(nothing('kernel parameter name')) : ok(params.map(paramToGo));
  },
  'vc.DeserializeParams': (input) => ok(parseParams(asList(input.parameters).map(asText)).map(paramToGo)),
  'vc.SerializeParams': (input) =>
    ok(formatParams(asList(input.params).map(paramFromGo), asText(input.delim))),
  'vc.HypervisorConfig.valid': (input) => {
    const go = asObject(input.config);
    const { hypervisor, problems } = completeHypervisor(
      hypervisorFromGo(go, defaultRuntimeConfig().hypervisor),
    );
    return problems.length > 0 ? failed(...problems) : ok(hypervisorToGo(hypervisor, go));
  },
  'vc.HypervisorType.Set': (input) => {
    const value = asText(input.value);
    return hypervisorKinds['1.x'].includes(value)
      ? ok(value)
      : failed({ ...nothing('hypervisor type'), value });
  },
  'vc.HypervisorType.String': (input) => {
    const value = asText(input.value);
    return ok(hypervisorKinds['1.x'].includes(value) ? value : '');
  },
  'vc.NetInterworkingModel.SetModel': (input) => {
    const model = asText(input.model);
    const outcome = networkModel.read(model);
    if (outcome.kind !== 'value') return failed({ ...nothing('network model'), value: model });
    return ok(networkModels.indexOf(outcome.value));
  },
  'vc.NetInterworkingModel.IsValid': (input) =>
    ok(networkModel.read(networkModels[asNumber(input.model)] ?? '').kind === 'value'),
  'experimental.Register': (input, { experimentalFeatures }) => {
    let features: readonly ExperimentalFeature[] = experimentalFeatures.map(featureFromGo);
    const results: Json[] = [];
    for (const feature of asList(input.features)) {
      const result = addFeature(features, featureFromGo(asObject(feature)));
      if (isProblem(result)) results.push({ code: result.code, value: result.value });
      else {
        features = result;
        results.push(null);
      }
    }
    return ok(results);
  },
  'experimental.Get': (input, { experimentalFeatures }) => {
    const found = findFeature(experimentalFeatures.map(featureFromGo), asText(input.name));
    return ok(
      found === undefined
        ? null
        : { Name: found.name, Description: found.description, ExpRelease: found.expectedRelease },
    );
  },
  'go.strconv.ParseBool': (input) => {
    const value = asText(input.value);
    const outcome = bool.read(value);
    return outcome.kind === 'value' ? ok(outcome.value) : failed({ ...nothing('boolean'), value });
  },
  'go.strconv.ParseUint32': (input) => {
    const value = asText(input.value);
    const read = parseUint(value, 4_294_967_295);
    return typeof read === 'number' ? ok(read) : failed({ ...nothing(`number ${read}`), value });
  },
  'go.strconv.Quote': (input) => ok(quote(asText(input.value))),
  'go.strings.Fields': (input) => ok(fields(asText(input.value))),
  'go.filepath.Join': (input) => ok(joinPath(...asList(input.elem).map(asText))),
  'go.filepath.IsAbs': (input) => ok(isAbsolute(asText(input.value))),
};

function annotationsOf(value: Json | undefined): Readonly<Record<string, string>> | undefined {
  if (value === null || value === undefined) return undefined;
  return asObject(value) as Readonly<Record<string, string>>;
}

function featureFromGo(go: JsonObject): ExperimentalFeature {
  return {
    name: asText(go.Name),
    description: asText(go.Description),
    expectedRelease: asText(go.ExpRelease),
  };
}
