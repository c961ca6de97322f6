import { AgentService, Health } from '@hako/agent-protocol';
import { TtrpcServer } from '@hako/ttrpc';
import { agentRunDir, Sandbox } from './sandbox.ts';
import { absentFeatureHandlers } from './service/absent-features.ts';
import { type CallLogOptions, withCallLog } from './service/call-log.ts';
import { containerHandlers } from './service/container-service.ts';
import { diagnosticHandlers } from './service/diagnostic-service.ts';
import { fileHandlers } from './service/file-service.ts';
import { type BootTimes, guestHandlers } from './service/guest-service.ts';
import { withStatuses } from './service/handlers.ts';
import { healthHandlers } from './service/health.ts';
import { networkHandlers } from './service/network-service.ts';
import { processHandlers } from './service/process-service.ts';
import { resourceHandlers } from './service/resource-service.ts';
import { sandboxHandlers } from './service/sandbox-service.ts';
import { streamHandlers } from './service/stream-service.ts';
import type { Machine } from './system/machine.ts';

export interface AgentOptions {
  readonly machine: Machine;
  /** Called once DestroySandbox is done and only its answer is to be sent. */
  readonly destroyed: () => void;
  readonly bootTimes: () => BootTimes;
  /** Work that must be done before the first container; started when first needed. Default: none. */
  readonly prepared?: () => Promise<void>;
  /** Whether and how calls are told about. Default: not at all. */
  readonly callLog?: CallLogOptions;
  /** Where the agent keeps its files. Default `/run/hako-agent`. */
  readonly runDir?: string;
  /** All mount points lie below this. Default `/run/kata-containers`. */
  readonly storageRoot?: string;
}

/** Long polls: two streams and the end of each process. */
const maxCalls = 8192;

/** The agent's two services; connections are the caller's to accept. */
export function createAgentServer(options: AgentOptions): TtrpcServer {
  const { machine, runDir, storageRoot } = options;
  const prepared = options.prepared ?? (() => Promise.resolve());
  const sandbox = new Sandbox(machine, {
    ...(runDir === undefined ? {} : { runDir }),
    ...(storageRoot === undefined ? {} : { storageRoot }),
  });
  const handlers = withStatuses({
    ...absentFeatureHandlers(),
    ...sandboxHandlers(sandbox, { prepared, destroyed: options.destroyed }),
    ...containerHandlers(sandbox, prepared),
    ...processHandlers(sandbox),
    ...streamHandlers(sandbox),
    ...resourceHandlers(sandbox),
    ...diagnosticHandlers(sandbox),
    ...networkHandlers(machine, { prepared, runDir: runDir ?? agentRunDir }),
    ...fileHandlers(machine, { prepared, ...(storageRoot === undefined ? {} : { storageRoot }) }),
    ...guestHandlers(machine, options.bootTimes),
  });
  return new TtrpcServer({ maxCallsPerConnection: maxCalls, sessionsRestart: true })
    .register(Health, healthHandlers)
    .register(
      AgentService,
      options.callLog === undefined ? handlers : withCallLog(handlers, options.callLog),
    );
}
