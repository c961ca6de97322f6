import { Option } from 'commander';
import { CliError } from '../cli-error.ts';

/**
 * runc's flag to hand the process further descriptors of the caller, as socket activation does. A descriptor is of one
 * kernel and the process has another, so a number above 0 is refused: to start it without them would be to lose them.
 */
export function preserveFdsOption(): Option {
  return new Option(
    '--preserve-fds <number>',
    'only 0: descriptors of the host cannot enter a VM; use a volume, or the streams',
  ).argParser((text) => {
    if (/^0+$/.test(text)) return 0;
    throw new CliError(
      'usage',
      `--preserve-fds ${JSON.stringify(text)} must be 0: descriptors of the host cannot enter a VM`,
      { facts: {} },
    );
  });
}
