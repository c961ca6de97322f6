import type { MoveBack } from '@hako/network';
import type { ContainerConfig, SandboxConfig } from '@hako/oci-translate';

/**
 * Moves the network devices that config.json names (`linux.netDevices`) into the network namespace of the sandbox, where they
 * are connected to the machine as every other. Answers how to undo it where the container is not made.
 *
 * @throws NetworkError
 */
export async function takeNetDevices(
  { spec }: ContainerConfig,
  { network }: Pick<SandboxConfig, 'network'>,
): Promise<MoveBack> {
  const moves = Object.entries(spec.linux?.netDevices ?? {}).map(([name, { name: nameInside }]) => ({
    name,
    nameInside: nameInside === undefined || nameInside === '' ? name : nameInside,
  }));
  if (moves.length === 0 || network.netNsPath === undefined) return async () => {};
  const { moveDevices } = await import('@hako/network');
  return moveDevices(moves, network.netNsPath);
}
