import type { AgentConfig, KernelParam, RuntimeConfig } from '@hako/config';

/** Kernel words through which the agent in the guest learns its settings. */
export function agentKernelWords(agent: AgentConfig): KernelParam[] {
  const words: KernelParam[] = [];
  const logLevel = agent.enableDebug && agent.logLevel !== 'trace' ? 'debug' : agent.logLevel;
  if (logLevel !== 'info') words.push({ key: 'agent.log', value: logLevel });
  if (agent.enableTracing) words.push({ key: 'agent.trace' });
  if (agent.containerPipeSizeBytes > 0)
    words.push({ key: 'agent.container_pipe_size', value: String(agent.containerPipeSizeBytes) });
  if (agent.debugConsoleEnabled)
    words.push({ key: 'agent.debug_console' }, { key: 'agent.debug_console_vport', value: '1026' });
  return words;
}

/** Agent words, then the configured ones: in the kernel the last of equal words wins. */
export function kernelWords({
  agent,
  hypervisor,
}: Pick<RuntimeConfig, 'agent' | 'hypervisor'>): KernelParam[] {
  return [...agentKernelWords(agent), ...hypervisor.kernelParams];
}
