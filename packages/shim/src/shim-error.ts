import { CodedError } from '@hako/errors';

/**
 * - `shim-start-failed`: the shim process ended, or said nothing, before it served; facts carry what it printed.
 * - `usage`: the command line that containerd calls is wrong.
 * - `shim-gone`: the connection to the shim ended during a call.
 * - `stand-in-failed`: no process that stands for a container can be started on the host.
 * - `cache-failed`: no cache of machines can be served where it is to be.
 * - `bad-request`: a task request that cannot be understood.
 */
export type ShimErrorCode =
  | 'shim-start-failed'
  | 'usage'
  | 'shim-gone'
  | 'stand-in-failed'
  | 'cache-failed'
  | 'bad-request';

/** Facts of a {@link ShimError}. */
export interface ShimErrorFacts {
  readonly output?: string;
  readonly method?: string;
}

/** The error class of @hako/shim. */
export class ShimError extends CodedError<ShimErrorCode, ShimErrorFacts> {
  override readonly name = 'ShimError';
}
