import { createAgentServer } from './agent.ts';
import { mountFirst, prepareGuest, printOnConsole } from './boot.ts';
import { processStartMs, uptimeMs } from './boot-clock.ts';
import { bunLibc } from './system/libc-bun.ts';
import { LinuxMachine } from './system/linux-machine.ts';
import { Poller } from './system/poller.ts';
import { findPort, openPort, servePort } from './system/port.ts';
import { Reaper } from './system/reaper.ts';
import { bunSpawn } from './system/spawn-bun.ts';

const PR_SET_CHILD_SUBREAPER = 36;

/** How long the host has to take the last answer before the machine goes. */
const lastAnswerMs = 20;

process.env.PATH ??= '/usr/sbin:/usr/bin:/sbin:/bin';
// The event loop ends when nothing but signals can wake it.
setInterval(() => {}, 2 ** 30);

const libc = bunLibc();
const poller = new Poller(libc);
const machine = new LinuxMachine({ libc, poller, reaper: new Reaper(libc), spawn: bunSpawn });

function fatal(error: unknown): void {
  printOnConsole(error instanceof Error ? (error.stack ?? error.message) : String(error));
  machine.sync();
  machine.powerOff();
}
process.on('uncaughtException', fatal);
process.on('unhandledRejection', fatal);

try {
  if (process.pid !== 1) libc.prctl(PR_SET_CHILD_SUBREAPER, 1);
  mountFirst(machine);
  let prepared: Promise<void> | undefined;
  let agentReadyMs = 0;
  const server = createAgentServer({
    machine,
    bootTimes: () => ({ agentStartMs: processStartMs(), agentReadyMs }),
    prepared: () => {
      prepared ??= Promise.resolve().then(() => prepareGuest(machine));
      return prepared;
    },
    destroyed: () => {
      setTimeout(() => machine.powerOff(), lastAnswerMs);
    },
  });
  servePort({ libc, poller, fd: openPort(findPort()) }, server);
  agentReadyMs = uptimeMs();
} catch (error) {
  fatal(error);
}
