import { formatProblem } from '@hako/errors';
import type { Process } from '@hako/oci-spec';
import { stringifyJson } from '@hako/oci-spec/json';
import { cannotApplyToProcess } from '@hako/oci-translate';
import { ShimError } from './shim-error.ts';
import { log } from './shim-log.ts';
import { formatPlace, parsePlace, type StandInPlace } from './stand-in-place.ts';

/** Type of the JSON process in ExecProcessRequest.spec (containerd's type URL). */
export const EXEC_PROCESS_TYPE = 'types.containerd.io/opencontainers/runtime-spec/1/Process';

/**
 * The same with a stand-in before it (see formatPlace), as the request has no options: `4711 {...}`, `4711:12:13 {...}`. Such
 * a process is deleted by itself once the stand-in has its exit status.
 */
const STOOD_FOR_TYPE = 'hako.v1.DetachedProcess';

/** What an exec request asks for. */
export interface ExecRequest {
  readonly process: Process;
  /** Absent when the caller waits itself. */
  readonly standIn?: StandInPlace;
}

/** The spec of an exec request. Limits beyond what a JavaScript number holds are bigints, and are kept exactly. */
export function execProcessSpec(
  process: Process,
  standIn?: StandInPlace,
): { typeUrl: string; value: Uint8Array } {
  const json = stringifyJson(process);
  return standIn === undefined
    ? { typeUrl: EXEC_PROCESS_TYPE, value: new TextEncoder().encode(json) }
    : { typeUrl: STOOD_FOR_TYPE, value: new TextEncoder().encode(`${formatPlace(standIn)} ${json}`) };
}

/**
 * The process of an exec request, checked.
 *
 * @throws ShimError `bad-request`; OciSpecError naming each bad member
 */
export async function readExecProcess(
  spec: { typeUrl: string; value: Uint8Array } | undefined,
): Promise<ExecRequest> {
  const hasStandIn = spec?.typeUrl === STOOD_FOR_TYPE;
  if (spec === undefined || !(hasStandIn || spec.typeUrl.endsWith('opencontainers/runtime-spec/1/Process'))) {
    throw badRequest(
      `exec needs a process of type ${EXEC_PROCESS_TYPE}, not ${JSON.stringify(spec?.typeUrl ?? '')}`,
    );
  }
  const text = new TextDecoder().decode(spec.value);
  // Loaded on the first exec: a shim without one need not hold the schemas in memory.
  const { parseProcess } = await import('@hako/oci-spec');
  if (!hasStandIn) return { process: applicable(parseProcess(text, { file: 'process' })) };
  const end = text.indexOf(' ');
  const standIn = parsePlace(text.slice(0, end));
  if (standIn === undefined) throw badRequest('a detached process needs the pid of its stand-in');
  return { process: applicable(parseProcess(text.slice(end + 1), { file: 'process' })), standIn };
}

/** Refuses what this guest cannot do, as create does for the container's own process. */
function applicable(process: Process): Process {
  const problems = cannotApplyToProcess(process).map((problem) => ({ ...problem, file: 'process' }));
  for (const problem of problems.filter(({ severity }) => severity === 'warning'))
    log('warning', formatProblem(problem));
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw badRequest(errors.map(formatProblem).join('\n'));
  return process;
}

function badRequest(message: string): ShimError {
  return new ShimError('bad-request', message, { facts: { method: 'Exec' } });
}
