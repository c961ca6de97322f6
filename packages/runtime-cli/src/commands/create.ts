import { type StartedStandIn, startStandIn } from '@hako/shim/stand-in';
import { checkConsole, heldStreams, type OfferedTerminal, offerTerminal } from '../console-socket.ts';
import type { Context } from '../context.ts';
import { createContainer } from '../create-container.ts';
import { standInStdio } from '../offered-stdio.ts';
import { writePidFile } from '../pid-file.ts';
import { endContainer } from '../remove-container.ts';

/** Arguments of `create`. */
export interface CreateOptions {
  readonly bundle: string;
  readonly pidFile?: string;
  /** A terminal for the process, whatever config.json says. */
  readonly tty?: boolean;
  /** Unix socket that gets the terminal. */
  readonly consoleSocket?: string;
}

/**
 * Creates a container and leaves a stand-in process behind, which holds the caller's streams and will end with the
 * container's exit status.
 */
export async function create(
  context: Context,
  id: string,
  { bundle, pidFile, tty = false, consoleSocket }: CreateOptions,
): Promise<number> {
  let terminal: OfferedTerminal | undefined;
  let standIn: StartedStandIn | undefined;
  try {
    const { shim, translation } = await createContainer(context, {
      id,
      bundle,
      terminal: tty,
      offer: async (container) => {
        checkConsole(container.spec.process?.terminal ?? false, consoleSocket);
        if (consoleSocket !== undefined) terminal = offerTerminal(consoleSocket);
        standIn = await startStandIn(id, { streams: heldStreams(terminal), container });
        return {
          pid: standIn.pid,
          isStandIn: true,
          stdio: standInStdio(standIn.pid, terminal !== undefined),
        };
      },
    });
    try {
      terminal?.send();
      if (pidFile !== undefined && standIn !== undefined) writePidFile(pidFile, standIn.pid);
    } catch (error) {
      await endContainer(context, translation.container);
      throw error;
    }
    shim.close();
    return 0;
  } finally {
    terminal?.close();
    standIn?.letGo();
  }
}
