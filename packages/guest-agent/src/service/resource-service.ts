import { resourcesFromProto } from '@hako/agent-protocol';
import { AgentError } from '../agent-error.ts';
import { readCgroupStats, readNetworkStats } from '../cgroup-stats.ts';
import type { Sandbox } from '../sandbox.ts';
import type { AgentHandlers } from './handlers.ts';
import { withMembersOfCall } from './lost-members.ts';

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
    async updateContainer({ containerId, resources }, context) {
      if (resources === undefined) throw new AgentError('invalid-argument', 'resources is missing');
      await sandbox.container(containerId).update(withMembersOfCall(resourcesFromProto(resources), context));
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
