import { CodedError } from '@hako/errors';

/**
 * - `namespace-gone`: the network namespace's path cannot be entered.
 * - `tool-missing`: `nsenter` (util-linux) or `ip` (iproute2) is not installed.
 * - `unreadable`: the tool's answer is not what it should be.
 */
export type NetworkErrorCode = 'namespace-gone' | 'tool-missing' | 'unreadable';

/** The error class of @hako/network. */
export class NetworkError extends CodedError<NetworkErrorCode, { readonly path: string }> {
  override readonly name = 'NetworkError';
}
