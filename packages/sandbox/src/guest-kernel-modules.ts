import type { AgentConfig } from '@hako/config';

/** A kernel module for CreateSandbox (field names of grpc.KernelModule). */
export interface GuestKernelModule {
  readonly name: string;
  readonly parameters: readonly string[];
}

/** Modules as configured, `name parameter parameter`; empty entries are passed over (`a;;b` in an annotation). */
export function guestKernelModules(agent: AgentConfig): readonly GuestKernelModule[] {
  return agent.kernelModules.flatMap((text) => {
    const [name, ...parameters] = text.split(' ').filter((word) => word !== '');
    return name === undefined ? [] : [{ name, parameters }];
  });
}
