import type { LoadedConfiguration } from '@hako/admission/translation';
import { stringifyJson } from '@hako/oci-spec/json';
import { formatExplanation } from '@hako/oci-translate';
import { explainTarget } from '../explain-container.ts';
import type { GlobalOptions } from '../global-options.ts';
import { print } from '../output.ts';

/** Arguments of `explain`. */
export interface ExplainOptions {
  readonly json: boolean;
  readonly diff: boolean;
  /** Annotations to add, `KEY=VALUE`, as in "what if". */
  readonly annotation: readonly string[];
  /** Container id to explain with. */
  readonly id: string;
}

/**
 * Says what VM a bundle, a config.json or a pod would get, and why. Starts nothing. Exit status 1 if the container
 * would be refused.
 */
export async function explain(
  options: GlobalOptions,
  target: string,
  { json, diff, annotation, id }: ExplainOptions,
): Promise<number> {
  const { title, configuration, explanation } = await explainTarget(options, target, annotation, id);
  const { files, namedBy } = configuration;
  if (json) {
    const values = diff ? explanation.values.filter(({ isDefault }) => !isDefault) : explanation.values;
    const named = namedBy === undefined ? {} : { namedBy };
    print(
      `${stringifyJson({ target: title, configuration: { files, ...named }, ...explanation, values }, 2)}\n`,
    );
  } else {
    if (!diff) print(`${title}\n${describe(configuration)}\n\n`);
    print(formatExplanation(explanation, { diff }));
  }
  return explanation.refused ? 1 : 0;
}

function describe({ files, namedBy = '' }: LoadedConfiguration): string {
  return files.length === 0
    ? 'configuration: built in, as no file was found'
    : `configuration: ${files.join(', ')} (${namedBy})`;
}
