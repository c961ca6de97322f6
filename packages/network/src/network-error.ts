import { CodedError } from '@hako/errors';

/**
 * - `namespace-gone`: the network namespace's path cannot be entered.
 * - `tool-missing`: a program of util-linux or iproute2, or passt, is not installed.
 * - `unreadable`: a tool's answer is not what it should be.
 * - `refused`: the kernel refused a change in the namespace, or something of that name is there already.
 */
export type NetworkErrorCode = 'namespace-gone' | 'tool-missing' | 'unreadable' | 'refused';

export interface NetworkErrorFacts {
  /** Path of the namespace. */
  readonly path: string;
  /** Interface that could not be connected. */
  readonly interface?: string;
}

/** The error class of @hako/network. */
export class NetworkError extends CodedError<NetworkErrorCode, NetworkErrorFacts> {
  override readonly name = 'NetworkError';
}
