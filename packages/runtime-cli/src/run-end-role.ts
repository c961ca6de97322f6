import { parseArgs } from 'node:util';
import { makeContext } from './context.ts';
import { failureStatus } from './exit-status.ts';
import { GLOBAL_DEFAULTS, type GlobalOptions } from './global-options.ts';
import { reportError } from './report-error.ts';
import { endRun } from './run-end.ts';

/** What a run becomes at its end; see runEndProgram. */
export async function runEndRole(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      root: { type: 'string', default: GLOBAL_DEFAULTS.root },
      log: { type: 'string' },
      'log-format': { type: 'string' },
      debug: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
    },
  });
  const options: GlobalOptions = {
    ...GLOBAL_DEFAULTS,
    root: values.root,
    ...(values.log === undefined ? {} : { log: values.log }),
    logFormat: values['log-format'] === 'json' ? 'json' : 'text',
    debug: values.debug,
  };
  try {
    return await endRun(makeContext(options), positionals[0] ?? '', values);
  } catch (error) {
    reportError(error, options);
    return failureStatus('run');
  }
}
