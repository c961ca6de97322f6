import type { AppliedOverride } from '@hako/annotations';
import { type EffectiveValue, effectiveValues, type RuntimeConfig } from '@hako/config';
import type { Problem } from '@hako/errors';
import { printable } from '@hako/shape';
import { type ExplainedPart, explainParts } from './explain-parts.ts';
import type { ContainerConfig, SandboxConfig } from './sandbox-config.ts';
import { attemptTranslation, type TranslateInput } from './translate.ts';

/** What a backend would start for a sandbox. */
export interface CommandLine {
  /** Program and arguments. */
  readonly arguments: readonly string[];
  /** The guest kernel's command line. */
  readonly kernel: string;
  /** Devices of the machine, as the backend writes them. */
  readonly devices: readonly string[];
  /** What the lines depend on and only a start can settle, for people. */
  readonly notes: readonly string[];
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
  /** Layer 0 knows no backend: added by whoever asks one about `sandbox`. */
  readonly commandLine?: CommandLine;
}

/**
 * Says what VM a container would get. Asks the same functions that create it, so both always agree. Throws
 * `TranslateError` only for a text that is no OCI spec.
 */
export function explain<C extends RuntimeConfig>(input: TranslateInput<C>): Explanation {
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
  const values = effectiveValues(config, origins);
  return {
    refused,
    problems,
    sandbox,
    container,
    parts: explainParts(sandbox, container, values),
    values,
    annotations: [
      ...applied.map((one) => withEffect(one, problems)),
      ...refusedAnnotations(problems, container.spec.annotations),
    ],
  };
}

/** An annotation that was accepted while nothing acts on its field says why. */
function withEffect(one: AppliedOverride, problems: readonly Problem[]): AppliedOverride {
  const problem = problems.find(({ code, field }) => code === 'annotation/no-effect' && field === one.key);
  return problem === undefined ? one : { ...one, reason: problem.rule };
}

function refusedAnnotations(
  problems: readonly Problem[],
  given: Readonly<Record<string, string>> = {},
): ExplainedAnnotation[] {
  return problems
    .filter(
      ({ code, severity }) =>
        code === 'annotation/unknown-key' || (severity === 'error' && code.startsWith('annotation/')),
    )
    .map(({ code, field, value, rule }) => ({
      key: field,
      family: '',
      text: value ?? printable(given[field] ?? ''),
      outcome: code === 'annotation/unknown-key' ? 'unknown' : 'refused',
      reason: rule,
    }));
}
