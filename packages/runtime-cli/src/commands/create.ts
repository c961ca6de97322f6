import { type StartedStandIn, startStandIn } from '@hako/shim/stand-in';
import {
  type ConsoleChoice,
  checkConsole,
  heldStreams,
  type OfferedTerminal,
  offerTerminal,
} from '../console-socket.ts';
import type { Context } from '../context.ts';
import { createContainer } from '../create-container.ts';
import { standInStdio } from '../offered-stdio.ts';
import { writePidFile } from '../pid-file.ts';
import { endContainer } from '../remove-container.ts';
import { resizePty } from '../resize-pty.ts';

/** Arguments of `create`. */
export interface CreateOptions extends ConsoleChoice {
  readonly bundle: string;
  /** Another config.json than the bundle's. */
  readonly config?: string;
  readonly pidFile?: string;
  /** A terminal for the process, whatever config.json says. */
  readonly tty?: boolean;
}

/**
 * Creates a container and leaves a stand-in process behind, which holds the caller's streams and will end with the
 * container's exit status.
 */
export async function create(context: Context, id: string, options: CreateOptions): Promise<number> {
  const { bundle, config, pidFile, tty = false } = options;
  let terminal: OfferedTerminal | undefined;
  let standIn: StartedStandIn | undefined;
  try {
    const { shim, translation } = await createContainer(context, {
      id,
      bundle,
      specFile: config,
      terminal: tty,
      offer: async (container) => {
        checkConsole(container.spec.process?.terminal ?? false, options);
        terminal = offerTerminal(options);
        standIn = await startStandIn(id, { streams: heldStreams(terminal), container });
        return {
          pid: standIn.pid,
          isStandIn: true,
          stdio: standInStdio(standIn.pid, terminal !== undefined),
        };
      },
    });
    try {
      if (terminal !== undefined) await resizePty(shim.task, { id }, terminal);
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
