import { CodedError } from '@hako/errors';

/**
 * Why the devices of a pod are not known.
 *
 * | code | when |
 * | --- | --- |
 * | `unreachable` | nobody answers on the socket |
 * | `timeout` | no answer came in time |
 * | `unknown-pod` | the kubelet has no pod of that name |
 * | `failed` | the kubelet refused, or its answer cannot be read; the message has its words |
 */
export type KubeletErrorCode = 'unreachable' | 'timeout' | 'unknown-pod' | 'failed';

export interface KubeletErrorFacts {
  readonly socket: string;
  /** `namespace/name` */
  readonly pod: string;
}

/** The error class of @hako/kubelet. */
export class KubeletError extends CodedError<KubeletErrorCode, KubeletErrorFacts> {
  override readonly name = 'KubeletError';
}
