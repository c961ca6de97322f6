import { state } from './commands/state.ts';
import { makeContext } from './context.ts';
import { failureStatus } from './exit-status.ts';
import { type PlainStateCall, plainStateCall } from './plain-state-call.ts';
import { reportError } from './report-error.ts';

/**
 * Entry of the executable. The inner role comes first: hako itself starts it, many times, and it needs neither the
 * command line's parser nor its help.
 */
async function main(argv: readonly string[]): Promise<number> {
  switch (argv[0]) {
    case 'shim': {
      const { shimRole } = await import('./shim-role.ts');
      return shimRole(argv.slice(1));
    }
    default: {
      const call = plainStateCall(argv);
      if (call !== undefined) return plainState(call);
      const { commandLine } = await import('./command-line.ts');
      return commandLine(argv);
    }
  }
}

async function plainState({ id, options }: PlainStateCall): Promise<number> {
  try {
    return await state(makeContext(options), id);
  } catch (error) {
    reportError(error, options);
    return failureStatus('state');
  }
}

let status: number;
try {
  status = await main(process.argv.slice(2));
} catch (error) {
  reportError(error, { logFormat: 'text', debug: false });
  status = 1;
}
// What was printed leaves first, however slowly it is read; connections that are still open must not keep the command
// from ending. (The callback of an empty write comes before the bytes of earlier writes have left.)
await Promise.all(
  [process.stdout, process.stderr].map((stream) => new Promise((done) => stream.end(() => done(undefined)))),
);
process.exit(status);
