import { basename } from 'node:path';
import type { ReadyShim } from '@hako/shim';
import { failureStatus } from './exit-status.ts';
import { type PlainCall, plainCall } from './plain-call.ts';
import { reportError } from './report-error.ts';

/** Name under which containerd looks for the executable (its runtime io.containerd.hako.v2). */
const CONTAINERD_NAME = 'containerd-shim-hako-v2';

/**
 * Entry of the executable. The name tells who calls. The inner roles come first: hako itself starts them, many times, and
 * they need neither the command line's parser nor its help.
 */
async function main(argv: readonly string[], ready?: ReadyShim): Promise<number> {
  if (basename(process.argv0) === CONTAINERD_NAME) {
    endAtSurprise('');
    const { containerdCommand } = await import('./containerd-role.ts');
    return containerdCommand(argv);
  }
  switch (argv[0]) {
    case 'containerd-shim': {
      const { containerdServer } = await import('./containerd-role.ts');
      return containerdServer(argv.slice(1), ready);
    }
    case 'shim': {
      const { shimRole } = await import('./shim-role.ts');
      return shimRole(argv.slice(1), ready);
    }
    case 'spare': {
      const { serveSpare } = await import('@hako/shim');
      const { order, ...made } = await serveSpare(argv[1] ?? '');
      return main(order.args, made.ready);
    }
    case 'run-end': {
      const { runEndRole } = await import('./run-end-role.ts');
      return runEndRole(argv.slice(1));
    }
    case 'template-maker': {
      const { templateMaker } = await import('@hako/shim');
      return templateMaker();
    }
    default: {
      const call = plainCall(argv);
      endAtSurprise(call?.command ?? '');
      if (call !== undefined) return plain(call);
      const { commandLine } = await import('./command-line.ts');
      return commandLine(argv);
    }
  }
}

/** An error in a listener, which nobody catches, would leave who waits for the command waiting. */
function endAtSurprise(command: string): void {
  process.on('uncaughtException', (error) => {
    reportError(error, { logFormat: 'text', debug: true });
    process.exit(failureStatus(command));
  });
}

async function plain({ options, ...call }: PlainCall): Promise<number> {
  try {
    const { makeContext } = await import('./context.ts');
    const { runPlainCall } = await import('./run-plain-call.ts');
    return await runPlainCall(makeContext(options), call);
  } catch (error) {
    reportError(error, options);
    return failureStatus(call.command);
  }
}

let status: number;
try {
  status = await main(process.argv.slice(2));
} catch (error) {
  reportError(error, { logFormat: 'text', debug: false });
  status = 1;
}
// Connections that are still open must not keep the command from ending.
process.exit(status);
