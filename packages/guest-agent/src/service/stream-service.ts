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
    // A host that has left must not be answered with bytes that its successor then misses.
    async readStdout(request, context) {
      const length = checkedLength(request.len);
      return { data: await processOf(request).readOutput('stdout', length, () => context.signal) };
    },
    async readStderr(request, context) {
      const length = checkedLength(request.len);
      return { data: await processOf(request).readOutput('stderr', length, () => context.signal) };
    },
  };
}

function checkedLength(length: number): number {
  if (length === 0) throw new AgentError('invalid-argument', 'len is 0');
  return length;
}
