import { AgentError } from '../agent-error.ts';
import { containerProcesses } from '../container-processes.ts';
import { guestMetrics } from '../guest-metrics.ts';
import type { Sandbox } from '../sandbox.ts';
import type { AgentHandlers } from './handlers.ts';

/** Figures of the guest, and text about a container that no other call gives, by its kind. */
export function diagnosticHandlers(sandbox: Sandbox): AgentHandlers {
  let scrapes = 0;
  return {
    getMetrics() {
      scrapes += 1;
      return { metrics: guestMetrics(scrapes) };
    },
    getDiagnosticData({ logType, containerId }) {
      if (logType !== 'hako.processes') {
        throw new AgentError(
          'unimplemented',
          `there is no diagnostic data of the kind ${JSON.stringify(logType)}`,
        );
      }
      const { cgroupDir } = sandbox.container(containerId);
      return { data: JSON.stringify(cgroupDir === undefined ? [] : containerProcesses(cgroupDir)) };
    },
  };
}
