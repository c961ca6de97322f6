/** How endpoints are joined to the VM. */
export interface JoinOptions {
  /** `none`: not at all. ipvlan knows only `tcfilter`. */
  readonly model: 'tcfilter' | 'macvtap' | 'none';
  /** Queue pairs of each card. */
  readonly queues: number;
  /** Use /dev/vhost-net where the host has it. */
  readonly vhost: boolean;
  /** Most that the guest gets. Bits per second; 0: no limit. */
  readonly inboundBitsPerSecond: number;
  /** Most that the guest sends. Bits per second; 0: no limit. */
  readonly outboundBitsPerSecond: number;
}
