import type { LinuxResources } from '@hako/oci-spec';
import { stringifyJson } from '@hako/oci-spec/json';
import { ShimError } from './shim-error.ts';

/** Type of the JSON in UpdateTaskRequest.resources (containerd's type URL). */
export const RESOURCES_TYPE = 'types.containerd.io/opencontainers/runtime-spec/1/LinuxResources';

/** The resources of an update request. */
export function taskResources(resources: LinuxResources): { typeUrl: string; value: Uint8Array } {
  return { typeUrl: RESOURCES_TYPE, value: new TextEncoder().encode(stringifyJson(resources)) };
}

/**
 * The resources of an update request, checked.
 *
 * @throws ShimError `bad-request`; OciSpecError naming each bad member
 */
export async function readTaskResources(
  resources: { typeUrl: string; value: Uint8Array } | undefined,
): Promise<LinuxResources> {
  if (
    resources === undefined ||
    !resources.typeUrl.endsWith('opencontainers/runtime-spec/1/LinuxResources')
  ) {
    throw new ShimError(
      'bad-request',
      `update needs resources of type ${RESOURCES_TYPE}, not ${JSON.stringify(resources?.typeUrl ?? '')}`,
      { facts: { method: 'Update' } },
    );
  }
  // Loaded on the first update; see readExecProcess.
  const { parseResources } = await import('@hako/oci-spec');
  return parseResources(new TextDecoder().decode(resources.value), { file: 'resources' });
}
