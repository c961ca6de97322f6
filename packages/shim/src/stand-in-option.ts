import { ShimError } from './shim-error.ts';

/**
 * Type of the Any in CreateTaskRequest.options by which `hako` names the process that stands for the container.
 * Its value is the decimal pid. containerd sends options of its own types, which say nothing about it.
 */
export const STAND_IN_TYPE = 'hako.v1.StandIn';

/** The same for a process that asks for the exit status itself (Wait), such as `hako run`. */
export const CALLER_TYPE = 'hako.v1.Caller';

/** What a google.protobuf.Any holds. */
interface AnyValue {
  readonly typeUrl: string;
  readonly value: Uint8Array;
}

/** The process that stands for a container on the host. */
export interface HostProcess {
  readonly pid: number;
  /** It waits on its descriptors (see STAND_IN_FDS) for the exit status. */
  readonly isStandIn: boolean;
}

/** Options for a create call whose container is stood for by that process. */
export function standInOption({ pid, isStandIn }: HostProcess): AnyValue {
  return { typeUrl: isStandIn ? STAND_IN_TYPE : CALLER_TYPE, value: new TextEncoder().encode(String(pid)) };
}

/** The host process, or undefined when the caller named none. @throws ShimError `bad-request` */
export function readStandIn(options: AnyValue | undefined): HostProcess | undefined {
  if (options?.typeUrl !== STAND_IN_TYPE && options?.typeUrl !== CALLER_TYPE) return undefined;
  const text = new TextDecoder().decode(options.value);
  if (!/^[1-9][0-9]{0,9}$/.test(text)) {
    throw new ShimError('bad-request', `stand-in pid ${JSON.stringify(text)} is not a number`, { facts: {} });
  }
  return { pid: Number(text), isStandIn: options.typeUrl === STAND_IN_TYPE };
}
