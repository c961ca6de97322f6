import { randomUUID } from 'node:crypto';
import type { Process } from '@hako/oci-spec';
import { liveState, sandboxError } from '@hako/sandbox/state';
import { connectShim, execProcessSpec, type TaskConnection } from '@hako/shim/client';
import type { Context } from '../context.ts';
import { type ExecOverrides, execProcess } from '../exec-process.ts';
import { forwardSignals } from '../forward-signals.ts';
import { type OfferedStdio, offerStdio } from '../offered-stdio.ts';
import { writePidFile } from '../pid-file.ts';
import { startStandIn } from '../start-stand-in.ts';
import { waitStatus } from '../wait-status.ts';

/** Arguments of `exec`. */
export interface ExecOptions extends ExecOverrides {
  readonly detach: boolean;
  readonly pidFile?: string;
}

/** Runs a further process in a running container; returns its exit status, or 0 at once when detached. */
export async function exec(
  context: Context,
  id: string,
  command: readonly string[],
  options: ExecOptions,
): Promise<number> {
  const { store, host } = context;
  const { sandboxId, status } = liveState(store, host, id);
  if (status !== 'running') {
    const message =
      status === 'stopped'
        ? 'cannot exec in a stopped container'
        : status === 'paused'
          ? 'cannot exec in a paused container'
          : `cannot exec in a container that is ${status}`;
    throw sandboxError('wrong-state', message, { id, status });
  }
  const process_ = await execProcess(store.readContainerConfig(id).spec, command, options);
  const shim = await connectShim(store, sandboxId);
  try {
    const execId = `exec-${randomUUID()}`;
    return options.detach
      ? await detached(context, shim, { id, execId, sandboxId, process: process_, pidFile: options.pidFile })
      : await foreground(shim, { id, execId, sandboxId, process: process_, pidFile: options.pidFile });
  } finally {
    shim.close();
  }
}

interface ExecCall {
  readonly id: string;
  readonly execId: string;
  readonly sandboxId: string;
  readonly process: Process;
  readonly pidFile: string | undefined;
}

async function foreground({ task }: TaskConnection, call: ExecCall): Promise<number> {
  const { id, execId } = call;
  const stdio = offerStdio();
  await addAndStart(task, call, stdio.places);
  stdio.taken();
  if (call.pidFile !== undefined) writePidFile(call.pidFile, process.pid);
  const stopForwarding = forwardSignals((signal) => task.kill({ id, execId, signal }));
  const status = await waitStatus(task, id, execId);
  stopForwarding();
  await stdio.drained();
  await task.delete({ id, execId });
  return status;
}

async function detached({ store }: Context, { task }: TaskConnection, call: ExecCall): Promise<number> {
  const standIn = startStandIn();
  try {
    const { stdio } = await standIn.offer;
    await addAndStart(task, call, stdio);
    if (call.pidFile !== undefined) writePidFile(call.pidFile, standIn.pid);
    standIn.release({ socket: store.sandbox(call.sandboxId).socket, id: call.id, execId: call.execId });
    return 0;
  } catch (error) {
    standIn.dismiss();
    throw error;
  }
}

async function addAndStart(
  task: TaskConnection['task'],
  { id, execId, process }: ExecCall,
  stdio: OfferedStdio,
): Promise<void> {
  await task.exec({ id, execId, ...stdio, spec: execProcessSpec(process) });
  try {
    await task.start({ id, execId });
  } catch (error) {
    await task.delete({ id, execId }).catch(() => {});
    throw error;
  }
}
