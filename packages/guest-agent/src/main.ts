import { readFileSync } from 'node:fs';
import { createAgentServer } from './agent.ts';
import { type AgentWords, readAgentWords } from './agent-words.ts';
import { mountFirst, prepareGuest, printOnConsole } from './boot.ts';
import { processStartMs, uptimeMs } from './boot-clock.ts';
import { DebugConsole, debugConsolePort } from './debug-console.ts';
import { awaitDevice } from './devices/await-device.ts';
import { engineLibc as libc } from './system/libc-engine.ts';
import { LinuxMachine } from './system/linux-machine.ts';
import { EnginePoller } from './system/poller-engine.ts';
import { agentPort, openPort, portNamed, servePort } from './system/port.ts';
import { Reaper } from './system/reaper.ts';
import { engineSpawn } from './system/spawn-engine.ts';
import { agentVsockPort, serveVsock, vsockModules } from './system/vsock-listener.ts';

const PR_SET_CHILD_SUBREAPER = 36;

/** How long the host has to take the last answer before the machine goes. */
const lastAnswerMs = 20;

process.env.PATH ??= '/sbin:/bin:/usr/sbin:/usr/bin';
const poller = new EnginePoller(libc);
const reaper = new Reaper(libc);
let words: AgentWords | undefined;
const agentWords = (): AgentWords => {
  words ??= readAgentWords(readFileSync('/proc/cmdline', 'latin1'));
  return words;
};
const machine = new LinuxMachine({ libc, poller, reaper, spawn: engineSpawn(reaper), settings: agentWords });

function fatal(error: unknown): void {
  // The engine's stacks are without the message.
  printOnConsole(error instanceof Error ? `${String(error)}\n${error.stack ?? ''}` : String(error));
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
  const whenPrepared = (): Promise<void> => {
    prepared ??= Promise.resolve().then(() => prepareGuest(machine));
    return prepared;
  };
  const { logLevel, debugConsole, problems } = agentWords();
  for (const problem of problems) printOnConsole(`the kernel's word ${problem}`);
  const server = createAgentServer({
    machine,
    bootTimes: () => ({ agentStartMs: processStartMs(), agentReadyMs }),
    prepared: whenPrepared,
    callLog: { level: logLevel, print: printOnConsole, nowMs: () => performance.now() },
    destroyed: () => {
      setTimeout(() => machine.powerOff(), lastAnswerMs);
    },
  });
  const port = portNamed(agentPort);
  if (port !== undefined) {
    servePort({ libc, poller, fd: openPort(port) }, server);
    agentReadyMs = uptimeMs();
  } else {
    // A machine without the port is one whose host dials.
    whenPrepared()
      .then(() => machine.loadModules(vsockModules))
      .then(() => {
        serveVsock({ libc, poller }, agentVsockPort, server);
        agentReadyMs = uptimeMs();
      })
      .catch(fatal);
  }
  if (debugConsole) {
    const shells = new DebugConsole({ libc, poller, machine, prepared: whenPrepared });
    // The kernel makes ports one after the other, and this one last.
    awaitDevice(`the port ${debugConsolePort}`, () => portNamed(debugConsolePort), machine)
      .then((device) => servePort({ libc, poller, fd: openPort(device) }, shells))
      .catch((error: unknown) => printOnConsole(String(error)));
  }
} catch (error) {
  fatal(error);
}
