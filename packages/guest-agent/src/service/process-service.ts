import { AgentError } from '../agent-error.ts';
import type { Sandbox } from '../sandbox.ts';
import type { AgentHandlers } from './handlers.ts';

const lastSignal = 64;

/** Calls that wait for processes and signal them. */
export function processHandlers(sandbox: Sandbox): AgentHandlers {
  return {
    async waitProcess({ containerId, execId }) {
      const container = sandbox.container(containerId);
      const process = execId === '' ? container.init : container.process(execId);
      return { status: await process.exit };
    },

    signalProcess({ containerId, execId, signal }) {
      const container = sandbox.container(containerId);
      if (signal > lastSignal) throw new AgentError('invalid-argument', `there is no signal ${signal}`);
      if (execId === '') container.signalAll(signal);
      else container.signalOne(execId, signal);
      return {};
    },
  };
}
