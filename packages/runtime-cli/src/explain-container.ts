import { asBadInput } from '@hako/admission';
import type { LoadedConfiguration } from '@hako/admission/translation';
import { namedDevices, translationQuestion } from '@hako/admission/translation';
import type { Spec } from '@hako/oci-spec';
import { type Explanation, explain } from '@hako/oci-translate';
import { readExplainTarget } from './explain-target.ts';
import type { GlobalOptions } from './global-options.ts';
import { explainMachine } from './machine-command-line.ts';

/** What a container would get, and what that depends on. */
export interface Explained {
  readonly title: string;
  readonly configuration: LoadedConfiguration;
  readonly explanation: Explanation;
}

/**
 * Asks what `create` asks, and the backend for what it would start.
 *
 * @param annotation further annotations, `KEY=VALUE`
 * @param id container id to explain with
 * @throws CliError `bad-bundle`, `no-configuration`, `bad-input` if there is nothing to explain
 */
export async function explainTarget(
  options: Pick<GlobalOptions, 'config' | 'lenient' | 'root'>,
  target: string,
  annotation: readonly string[],
  id: string,
): Promise<Explained> {
  try {
    const { title, ...asked } = readExplainTarget(target);
    const spec = withAnnotations(asked.spec, annotation);
    const question = translationQuestion({ ...asked, spec, containerId: id }, options);
    const { configuration } = question;
    const explanation = explain(question.input);
    const all = {
      ...explanation,
      refused: explanation.refused || question.problems.some(({ severity }) => severity === 'error'),
      problems: [...configuration.problems, ...question.problems, ...explanation.problems],
    };
    return {
      title,
      configuration,
      explanation: await withMachine(await withDevices(all, asked.specFile), options.root),
    };
  } catch (error) {
    throw asBadInput(error);
  }
}

/** Said by the translation already, with the place that asks for it. */
const REFUSED = 'config/refused';

/** Adds the devices of this host that annotations name. The kubelet has none for a pod that is not made yet. */
async function withDevices(explanation: Explanation, specFile: string): Promise<Explanation> {
  const { sandbox, container } = explanation;
  if (sandbox === undefined || container === undefined) return explanation;
  const { made, problems } = await namedDevices(
    { ...explanation, sandbox, container },
    { specFile, askKubelet: false },
  );
  return {
    ...made,
    refused: explanation.refused || problems.some(({ severity }) => severity === 'error'),
    problems: [...explanation.problems, ...problems],
  };
}

/** Adds what only this version and this host know. */
async function withMachine(explanation: Explanation, stateRoot: string): Promise<Explanation> {
  const { sandbox, container, problems } = explanation;
  if (sandbox === undefined || container === undefined) return explanation;
  // A further member of a pod gets no machine: it runs in that of its sandbox.
  if (container.type === 'pod_container') return explanation;
  const machine = await explainMachine(sandbox, container, stateRoot);
  return {
    ...explanation,
    commandLine: machine.commandLine,
    problems: [...problems, ...machine.problems.filter(({ code }) => code !== REFUSED)],
  };
}

function withAnnotations(spec: Spec, added: readonly string[]): Spec {
  if (added.length === 0) return spec;
  const entries = added.map((text): [string, string] => {
    const equals = text.indexOf('=');
    return [text.slice(0, equals), text.slice(equals + 1)];
  });
  return { ...spec, annotations: { ...spec.annotations, ...Object.fromEntries(entries) } };
}
