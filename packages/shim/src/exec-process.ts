import type { Process } from '@hako/oci-spec';
import { stringifyJson } from '@hako/oci-spec/json';
import { ShimError } from './shim-error.ts';

/** Type of the JSON process in ExecProcessRequest.spec (containerd's type URL). */
export const EXEC_PROCESS_TYPE = 'types.containerd.io/opencontainers/runtime-spec/1/Process';

/** The spec of an exec request. Limits beyond what a JavaScript number holds are bigints, and are kept exactly. */
export function execProcessSpec(process: Process): { typeUrl: string; value: Uint8Array } {
  return { typeUrl: EXEC_PROCESS_TYPE, value: new TextEncoder().encode(stringifyJson(process)) };
}

/**
 * The process of an exec request, checked.
 *
 * @throws ShimError `bad-request`; OciSpecError naming each bad member
 */
export async function readExecProcess(
  spec: { typeUrl: string; value: Uint8Array } | undefined,
): Promise<Process> {
  if (spec === undefined || !spec.typeUrl.endsWith('opencontainers/runtime-spec/1/Process')) {
    throw new ShimError(
      'bad-request',
      `exec needs a process of type ${EXEC_PROCESS_TYPE}, not ${JSON.stringify(spec?.typeUrl ?? '')}`,
      {
        facts: { method: 'Exec' },
      },
    );
  }
  // Loaded on the first exec: a shim without one need not hold the schemas in memory.
  const { parseProcess } = await import('@hako/oci-spec');
  return parseProcess(new TextDecoder().decode(spec.value), { file: 'process' });
}
