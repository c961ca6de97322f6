import type { RuntimeConfig } from '@hako/config';
import type { Problem } from '@hako/errors';
import type { Spec } from '@hako/oci-spec';
import { policyFromConfig, requestedConfiguration, type TranslateInput } from '@hako/oci-translate';
import type { ConfigurationChoice } from './configuration-choice.ts';
import { hostFacts } from './host-facts.ts';
import { type LoadedConfiguration, loadConfiguration } from './load-configuration.ts';

/** A container as somebody describes it. */
export interface AskedContainer {
  readonly spec: Spec;
  /** Name of config.json in problems. */
  readonly specFile: string;
  readonly bundlePath: string;
  readonly containerId: string;
}

/** All that a translation depends on, and where the configuration came from. */
export interface Question {
  readonly input: TranslateInput<RuntimeConfig> & { readonly spec: Spec };
  readonly configuration: LoadedConfiguration;
  /** What refuses the container besides what the translation finds. */
  readonly problems: readonly Problem[];
}

/**
 * What `create` asks `translate` and `explain` asks `explain`: one question, so that both answers agree. A container
 * may name another configuration by annotation where the configuration that counts without it allows that; a flag is
 * stronger.
 *
 * @throws AdmissionError `no-configuration`; ConfigError with every problem
 */
export function translationQuestion(asked: AskedContainer, options: ConfigurationChoice): Question {
  const host = hostFacts();
  const ask = (configuration: LoadedConfiguration, problems: readonly Problem[] = []): Question => {
    const { config, origins: configOrigins } = configuration;
    return { input: { ...asked, config, configOrigins, host }, configuration, problems };
  };
  const first = loadConfiguration(options);
  const policy = policyFromConfig(first.config, first.origins);
  const requested = requestedConfiguration(asked.spec.annotations, policy, host);
  if (requested === undefined) return ask(first);
  if (isProblem(requested)) {
    // That the key is not allowed is found by the translation as well.
    const isTold = requested.code === 'annotation/not-allowed';
    return ask(first, isTold ? [] : [{ ...requested, file: asked.specFile }]);
  }
  if (options.config !== undefined) return ask(first, [overruled(asked.specFile)]);
  const second = ask(loadConfiguration({ ...options, annotation: requested.path }));
  const { config, origins } = second.configuration;
  const { enableAnnotations, ...rest } = policyFromConfig(config, origins);
  // That the key may be used has been decided by the configuration that it replaces.
  const allowing = { ...rest, enableAnnotations: [...enableAnnotations, 'config_path'] };
  return { ...second, input: { ...second.input, policy: allowing } };
}

function overruled(file: string): Problem {
  return {
    severity: 'warning',
    code: 'annotation/ignored',
    file,
    field: 'io.katacontainers.config_path',
    rule: 'is not read: --config names the configuration',
  };
}

function isProblem(requested: { readonly path: string } | Problem): requested is Problem {
  return 'severity' in requested;
}
