import { AgentError } from './agent-error.ts';
import { awaitDevice } from './devices/await-device.ts';
import type { Machine, MountRequest } from './system/machine.ts';

const EINVAL = 22;

/**
 * Mounts a file system whose device may still be on its way, since the host has just plugged it in. Until it is there the kernel
 * knows no such source. Throws AgentError.
 */
export async function mountWhenThere(
  machine: Pick<Machine, 'mount' | 'watchDevices'>,
  request: MountRequest,
  timeoutMs?: number,
): Promise<void> {
  const mounted = (): string | undefined => {
    try {
      machine.mount(request);
      return request.target;
    } catch (error) {
      if (error instanceof AgentError && error.facts.errno === EINVAL) return undefined;
      throw error;
    }
  };
  if (mounted() === undefined)
    await awaitDevice(`${request.type} ${request.source}`, mounted, machine, undefined, timeoutMs);
}
