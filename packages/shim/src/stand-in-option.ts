import { ShimError } from './shim-error.ts';

/**
 * Type of the Any in CreateTaskRequest.options by which `hako` names the process that stands for the container.
 * Its value is the decimal pid. containerd sends options of its own types, which say nothing about it.
 */
export const STAND_IN_TYPE = 'hako.v1.StandIn';

/** What a google.protobuf.Any holds. */
interface AnyValue {
  readonly typeUrl: string;
  readonly value: Uint8Array;
}

/** Options for a create call whose container is stood for by `pid`. */
export function standInOption(pid: number): AnyValue {
  return { typeUrl: STAND_IN_TYPE, value: new TextEncoder().encode(String(pid)) };
}

/** The stand-in's pid, or undefined when the caller named none. @throws ShimError `bad-request` */
export function readStandIn(options: AnyValue | undefined): number | undefined {
  if (options?.typeUrl !== STAND_IN_TYPE) return undefined;
  const text = new TextDecoder().decode(options.value);
  if (!/^[1-9][0-9]{0,9}$/.test(text)) {
    throw new ShimError('bad-request', `stand-in pid ${JSON.stringify(text)} is not a number`, { facts: {} });
  }
  return Number(text);
}
