import { writeFileSync } from 'node:fs';
import { builtInConfiguration } from '@hako/admission/translation';
import { commentedConfiguration } from '@hako/config';
import { CliError } from '../cli-error.ts';
import { print } from '../output.ts';

/**
 * Writes a configuration.toml in which every key is explained and commented out with the value it has on this host;
 * `-` is stdout. Never over an existing file.
 */
export async function configInit(file: string): Promise<number> {
  const text = commentedConfiguration(builtInConfiguration().config);
  if (file === '-') {
    print(text);
    return 0;
  }
  try {
    writeFileSync(file, text, { flag: 'wx' });
  } catch (cause) {
    const exists = (cause as NodeJS.ErrnoException).code === 'EEXIST';
    const why = exists ? 'it exists; remove it first' : (cause as Error).message;
    throw new CliError('output', `cannot write ${file}: ${why}`, { facts: { path: file }, cause });
  }
  return 0;
}
