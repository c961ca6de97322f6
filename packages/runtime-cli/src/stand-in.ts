import { readSync, writeSync } from 'node:fs';
import { connectTask } from '@hako/shim/client';
import { type OfferedStdio, offerStdio } from './offered-stdio.ts';
import { STAND_IN_CONTROL_FD, type StandInTask } from './start-stand-in.ts';
import { waitStatus } from './wait-status.ts';

/** Exit status when the shim went away without telling the process's. */
const UNKNOWN_STATUS = 255;

/**
 * The stand-in process (see startStandIn): offers its streams, is told its task, waits for it, and ends with its
 * status. Told nothing, it ends at once with 0: the container was not made.
 */
export async function standIn(): Promise<number> {
  const stdio = offerStdio();
  const task = takeTask(stdio.places);
  if (task === undefined) return 0;
  stdio.taken();
  try {
    const connection = await connectTask(task.socket);
    const status = await waitStatus(connection.task, task.id, task.execId);
    await stdio.drained();
    connection.close();
    return status;
  } catch {
    return UNKNOWN_STATUS;
  }
}

/** Offers the streams and is told the task; undefined where the creator left first, whatever it had read by then. */
function takeTask(places: OfferedStdio): StandInTask | undefined {
  try {
    writeSync(STAND_IN_CONTROL_FD, `${JSON.stringify(places)}\n`);
    return readTask();
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'EPIPE' || code === 'ECONNRESET') return undefined;
    throw error;
  }
}

/** Blocks: there is nothing else to do until the creator speaks. */
function readTask(): StandInTask | undefined {
  let text = '';
  const piece = Buffer.alloc(4096);
  while (!text.includes('\n')) {
    const count = readSync(STAND_IN_CONTROL_FD, piece);
    if (count === 0) return undefined;
    text += piece.toString('utf8', 0, count);
  }
  return JSON.parse(text) as StandInTask;
}
