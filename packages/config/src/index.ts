export type {
  AgentConfig,
  HypervisorConfig,
  KernelParam,
  RuntimeConfig,
  RuntimeSettings,
} from './runtime-config.ts';
