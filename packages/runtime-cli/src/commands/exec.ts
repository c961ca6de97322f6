import type { Process } from '@hako/oci-spec';
import { cannotExec, liveState } from '@hako/sandbox/state';
import { connectShim, execProcessSpec, type TaskConnection } from '@hako/shim/client';
import { prepareStandIn, type StartedStandIn, startStandIn } from '@hako/shim/stand-in';
import { type CallerTerminal, callerTerminal } from '../caller-terminal.ts';
import {
  type ConsoleChoice,
  checkConsole,
  heldStreams,
  offerTerminal,
  refuseConsole,
} from '../console-socket.ts';
import type { Context } from '../context.ts';
import { type ExecOverrides, execProcess } from '../exec-process.ts';
import { forwardSignals } from '../forward-signals.ts';
import { FORWARDED_SIGNALS } from '../forwarded-signals.ts';
import { offeredStdio, standInStdio } from '../offered-stdio.ts';
import { writePidFile } from '../pid-file.ts';

/** Arguments of `exec`. */
export interface ExecOptions extends ExecOverrides, ConsoleChoice {
  readonly detach: boolean;
  readonly pidFile?: string;
}

const SIGKILL = 9;

/** Runs a further process in a running container; returns its exit status, or 0 at once when detached. */
export async function exec(
  context: Context,
  id: string,
  command: readonly string[],
  options: ExecOptions,
): Promise<number> {
  const { store, host } = context;
  const { sandboxId, status } = liveState(store, host, id);
  if (status !== 'running') throw cannotExec(id, status);
  const process_ = await execProcess(store.readContainerConfig(id).spec, command, options);
  const shim = await connectShim(store, sandboxId);
  try {
    const execId = `exec-${crypto.randomUUID()}`;
    const call = { id, execId, process: process_, options };
    return options.detach ? await detached(shim, call) : await replaced(shim, call);
  } finally {
    shim.close();
  }
}

interface ExecCall {
  readonly id: string;
  readonly execId: string;
  readonly process: Process;
  readonly options: ExecOptions;
}

/**
 * There is nothing left to do but to wait, so this process becomes a stand-in, which takes some KiB of memory where it takes
 * megabytes.
 */
async function replaced(
  { task }: TaskConnection,
  { id, execId, process: requested, options }: ExecCall,
): Promise<never> {
  refuseConsole(options);
  const hasTerminal = requested.terminal === true;
  const terminal = hasTerminal ? callerTerminal() : undefined;
  const args = [process.argv0, ...process.argv.slice(2)];
  const standIn = prepareStandIn({ signals: FORWARDED_SIGNALS, args, terminalFd: terminal?.fd });
  const running = Promise.withResolvers<void>();
  const stopForwarding = forwardSignals({
    deliver: (signal) => running.promise.then(() => standIn.tell(signal)),
  });
  try {
    const spec = execProcessSpec(withSize(requested, terminal), standIn.place);
    // The shim sees what the terminal was like before it is lent.
    const lend = (): void => standIn.prepare({ lent: terminal?.lend() });
    const request = { id, execId, ...offeredStdio(process.pid, hasTerminal), spec };
    await addAndStart(task, request, lend);
    running.resolve();
    await notePid(task, { id, execId }, options.pidFile, process.pid);
    return await standIn.become();
  } catch (error) {
    // Its process is killed, if there is one.
    stopForwarding();
    standIn.cancel();
    terminal?.restore();
    throw error;
  }
}

async function detached(
  { task }: TaskConnection,
  { id, execId, process, options }: ExecCall,
): Promise<number> {
  const { pidFile } = options;
  checkConsole(process.terminal === true, options);
  const terminal = offerTerminal(options);
  let standIn: StartedStandIn | undefined;
  try {
    standIn = await startStandIn(id, { streams: heldStreams(terminal) });
    const stdio = standInStdio(standIn.pid, terminal !== undefined);
    const spec = execProcessSpec(withSize(process, terminal), standIn);
    await addAndStart(task, { id, execId, ...stdio, spec });
    await orKill(task, { id, execId }, () => terminal?.send());
    await notePid(task, { id, execId }, pidFile, standIn.pid);
    return 0;
  } finally {
    terminal?.close();
    standIn?.letGo();
  }
}

type Task = TaskConnection['task'];

/** @param added called in between */
async function addAndStart(
  task: Task,
  request: Parameters<Task['exec']>[0],
  added: () => void = () => {},
): Promise<void> {
  const { id, execId } = request;
  await task.exec(request);
  try {
    added();
    await task.start({ id, execId });
  } catch (error) {
    await task.delete({ id, execId }).catch(() => {});
    throw error;
  }
}

async function notePid(
  task: Task,
  process: Pick<ExecCall, 'id' | 'execId'>,
  pidFile: string | undefined,
  pid: number,
): Promise<void> {
  if (pidFile !== undefined) await orKill(task, process, () => writePidFile(pidFile, pid));
}

/** A process about which the caller cannot be told as it asked for is not to run. */
async function orKill(task: Task, process: Pick<ExecCall, 'id' | 'execId'>, tell: () => void): Promise<void> {
  try {
    tell();
  } catch (error) {
    await task.kill({ ...process, signal: SIGKILL }).catch(() => {});
    throw error;
  }
}

function withSize(process: Process, terminal: Pick<CallerTerminal, 'size'> | undefined): Process {
  const size = terminal?.size();
  return size === undefined
    ? process
    : { ...process, consoleSize: { height: size.rows, width: size.columns } };
}
