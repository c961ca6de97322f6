import { AgentError } from '../agent-error.ts';
import type { GuestProcess } from '../guest-process.ts';
import type { Sandbox } from '../sandbox.ts';
import type { AgentHandlers } from './handlers.ts';

/** Calls that carry the processes' streams. */
export function streamHandlers(sandbox: Sandbox): AgentHandlers {
  const processOf = (request: { readonly containerId: string; readonly execId: string }): GuestProcess => {
    const container = sandbox.container(request.containerId);
    return request.execId === '' ? container.init : container.process(request.execId);
  };
  return {
    async writeStdin(request) {
      const process = processOf(request);
      if (request.data.length === 0) process.closeInput();
      else await process.writeInput(request.data);
      return { len: request.data.length };
    },
    closeStdin(request) {
      processOf(request).closeInput();
      return {};
    },
    async readStdout(request) {
      return { data: await processOf(request).readOutput('stdout', checkedLength(request.len)) };
    },
    async readStderr(request) {
      return { data: await processOf(request).readOutput('stderr', checkedLength(request.len)) };
    },
  };
}

function checkedLength(length: number): number {
  if (length === 0) throw new AgentError('invalid-argument', 'len is 0');
  return length;
}
