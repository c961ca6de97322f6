import { constants } from 'node:os';
import { CliError } from './cli-error.ts';

const RT_MIN = 34;
const RT_MAX = 64;

/**
 * Number of a signal given as in `kill`: a number, or a name with or without `SIG`, in any case; RTMIN+n and
 * RTMAX-n too.
 *
 * @throws CliError `usage`
 */
export function signalNumber(text: string): number {
  if (/^[0-9]{1,3}$/.test(text)) {
    const number = Number(text);
    if (number >= 1 && number <= RT_MAX) return number;
  }
  const name = text.toUpperCase().replace(/^SIG/, '');
  const known = (constants.signals as Readonly<Record<string, number>>)[`SIG${name}`];
  if (known !== undefined) return known;
  const realTime = /^RT(MIN|MAX)(?:([+-])([0-9]{1,2}))?$/.exec(name);
  if (realTime !== null) {
    const offset = Number(realTime[3] ?? '0') * (realTime[2] === '-' ? -1 : 1);
    const number = (realTime[1] === 'MIN' ? RT_MIN : RT_MAX) + offset;
    if (number >= RT_MIN && number <= RT_MAX) return number;
  }
  throw new CliError(
    'usage',
    `unknown signal ${JSON.stringify(text)}: give a number from 1 to 64 or a name such as TERM`,
    {
      facts: {},
    },
  );
}
