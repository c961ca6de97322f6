import { resourcesFromProto } from '@hako/agent-protocol';
import { AgentError } from '../agent-error.ts';
import { readCgroupStats, readNetworkStats } from '../cgroup-stats.ts';
import type { Sandbox } from '../sandbox.ts';
import type { AgentHandlers } from './handlers.ts';

/** Calls about what containers use and may use. */
export function resourceHandlers(sandbox: Sandbox): AgentHandlers {
  return {
    statsContainer({ containerId }) {
      const container = sandbox.container(containerId);
      container.lookForOom();
      const { cgroupDir, init } = container;
      return {
        cgroupStats: cgroupDir === undefined ? undefined : readCgroupStats(cgroupDir),
        networkStats: init.pid === undefined ? [] : readNetworkStats(init.pid),
      };
    },
    async updateContainer({ containerId, resources }) {
      if (resources === undefined) throw new AgentError('invalid-argument', 'resources is missing');
      await sandbox.container(containerId).update(resourcesFromProto(resources));
      return {};
    },
    pauseContainer({ containerId }) {
      sandbox.container(containerId).freeze(true);
      return {};
    },
    resumeContainer({ containerId }) {
      sandbox.container(containerId).freeze(false);
      return {};
    },
  };
}
