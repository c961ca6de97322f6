import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as z from 'zod';
import { type Figure, medianGoal, type Reading } from '../figure.ts';

const run = promisify(execFile);
const source = fileURLToPath(new URL('./translation-program.ts', import.meta.url));
const coldOutput = z.object({ configMs: z.number(), translateMs: z.number() });
const warmOutput = z.object({ parsedUs: z.number(), textUs: z.number() });

/**
 * What it costs to find out what VM a container asks for: a spec with 15 annotations, in a fresh compiled process and
 * over and over. The goals are what the compiled reference takes.
 */
export const translation: Figure = {
  name: 'translation',
  title: 'From config.json to a sandbox, in a compiled program',
  method:
    'A compiled program translates a specification with 15 annotations, in a fresh process and over and over.',
  ownLibraries: true,
  async prepare({ workspace, folder }) {
    const program = join(folder, 'translation');
    await run(join(workspace, 'tools/compile'), [source, program]);
    const ask = async (kind: string): Promise<unknown> => JSON.parse((await run(program, [kind])).stdout);
    const cold = async (): Promise<readonly Reading[]> => {
      const { configMs, translateMs } = coldOutput.parse(await ask('cold'));
      return [
        { label: 'configuration.toml, cold', value: configMs, unit: 'ms' },
        { label: 'translate, cold', value: translateMs, unit: 'ms' },
      ];
    };
    const warm = async (): Promise<readonly Reading[]> => {
      const { parsedUs, textUs } = warmOutput.parse(await ask('warm'));
      return [
        { label: 'translate, warm', value: parsedUs, unit: 'µs' },
        { label: 'translate with parsing, warm', value: textUs, unit: 'µs' },
      ];
    };
    return {
      variants: [
        { name: 'cold', sample: cold },
        { name: 'warm', sample: warm },
      ],
      goals: [
        medianGoal('translate, cold', 'ms', 3),
        medianGoal('translate, warm', 'µs', 20),
        medianGoal('translate with parsing, warm', 'µs', 60),
      ],
      dispose: async () => {},
    };
  },
};
