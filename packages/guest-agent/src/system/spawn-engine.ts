import { startChild } from '@hako/engine/system';
import type { Spawn } from './linux-machine.ts';
import type { Reaper } from './reaper.ts';

/** Starts programs as children of this process, whose ends the reaper sees. */
export function engineSpawn(reaper: Reaper): Spawn {
  return ({ args, stdio }) => {
    const pid = startChild({ args, env: process.env, ...(stdio === undefined ? {} : { stdio }) });
    return { pid, exited: reaper.adopt(pid) };
  };
}
