import { ShimError } from './shim-error.ts';
import { formatPlace, parsePlace, type StandInPlace } from './stand-in-place.ts';

/**
 * Type of the Any in CreateTaskRequest.options by which `hako` names the process that stands for the container.
 * Its value is the place of that (see formatPlace). containerd sends options of its own types, which say nothing about it.
 */
export const STAND_IN_TYPE = 'hako.v1.StandIn';

/** The same for the caller's own process, such as `hako run`: it waits itself, and becomes a stand-in when that takes long. */
export const CALLER_TYPE = 'hako.v1.Caller';

/** What a google.protobuf.Any holds. */
interface AnyValue {
  readonly typeUrl: string;
  readonly value: Uint8Array;
}

/** The process that stands for a container on the host. */
export interface HostProcess extends StandInPlace {
  /** It was made for that, and belongs to the container. */
  readonly isStandIn: boolean;
}

/** Options for a create call whose container is stood for by that process. */
export function standInOption({ isStandIn, ...place }: HostProcess): AnyValue {
  return {
    typeUrl: isStandIn ? STAND_IN_TYPE : CALLER_TYPE,
    value: new TextEncoder().encode(formatPlace(place)),
  };
}

/** The host process, or undefined when the caller named none. @throws ShimError `bad-request` */
export function readStandIn(options: AnyValue | undefined): HostProcess | undefined {
  if (options?.typeUrl !== STAND_IN_TYPE && options?.typeUrl !== CALLER_TYPE) return undefined;
  const text = new TextDecoder().decode(options.value);
  const place = parsePlace(text);
  if (place === undefined) {
    throw new ShimError('bad-request', `stand-in pid ${JSON.stringify(text)} is not a number`, { facts: {} });
  }
  return { ...place, isStandIn: options.typeUrl === STAND_IN_TYPE };
}
