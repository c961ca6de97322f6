import { annotationsSchema, completionData } from '@hako/annotations';
import { configurationSchema } from '@hako/config';
import { specShape } from '@hako/oci-spec';
import { defaultFamilies } from '@hako/oci-translate';
import { describeCommands } from '@hako/runtime-cli';
import { toJsonSchema } from '@hako/shape';
import { annotationsPage } from './annotations-page.ts';
import { bashCompletion } from './bash-completion.ts';
import { configurationPage } from './configuration-page.ts';

/** The derived documents: their text by their name in docs/reference. */
export function makeDocuments(): ReadonlyMap<string, string> {
  return new Map([
    ['annotations.md', annotationsPage(defaultFamilies)],
    ['configuration.md', configurationPage()],
    ['annotations.schema.json', json(annotationsSchema(defaultFamilies))],
    ['configuration.schema.json', json(configurationSchema())],
    [
      'oci-config.schema.json',
      json({
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        title: 'config.json that hako accepts',
        ...toJsonSchema(specShape),
      }),
    ],
    ['hako.bash', bashCompletion(describeCommands(), defaultFamilies)],
    ['annotations.completion.json', json(completionData(defaultFamilies))],
  ]);
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
