import { type KeyTable, refused } from '../key.ts';
import { bigCountSafe, count, flag, signed } from '../values.ts';

/** `[hypervisor.qemu]`: network devices and their limits. */
export interface HypervisorNetworkConfig {
  /** No vhost-net. Default `false`. */
  readonly disableVhostNet: boolean;
  /** Queue pairs per NIC. Default `1`. */
  readonly networkQueues: number;
  /** Inbound limit; HTB. Bits per second. Default `0`. */
  readonly rxRateLimiterMaxRateBitsPerSec: number;
  /** Outbound limit; HTB on an ifb. Bits per second. Default `0`. */
  readonly txRateLimiterMaxRateBitsPerSec: number;
  /** Network limit or burst. Cloud Hypervisor flavour. Default `0`. */
  readonly netRateLimiterBwMaxRate: number;
  /** Network limit or burst. Cloud Hypervisor flavour. Default `0`. */
  readonly netRateLimiterBwOneTimeBurst: number;
  /** Network limit or burst. Cloud Hypervisor flavour. Default `0`. */
  readonly netRateLimiterOpsMaxRate: number;
  /** Network limit or burst. Cloud Hypervisor flavour. Default `0`. */
  readonly netRateLimiterOpsOneTimeBurst: number;
}

const otherLimits = 'limits of networks are rx_rate_limiter_max_rate and tx_rate_limiter_max_rate';

export const hypervisorNetworkKeys: KeyTable<HypervisorNetworkConfig> = {
  disableVhostNet: {
    toml: 'disable_vhost_net',
    type: flag,
    default: false,
    lines: ['1.x', '3.x'],
    meaning: 'No vhost-net.',
  },
  networkQueues: {
    toml: 'network_queues',
    type: count,
    default: 1,
    lines: ['3.x'],
    meaning: 'Queue pairs per NIC.',
    rule: '0 = 1; the guest uses as many as it has vCPUs',
  },
  rxRateLimiterMaxRateBitsPerSec: {
    toml: 'rx_rate_limiter_max_rate',
    type: bigCountSafe,
    default: 0,
    unit: 'bit/s',
    lines: ['3.x'],
    meaning: 'Inbound limit; HTB.',
  },
  txRateLimiterMaxRateBitsPerSec: {
    toml: 'tx_rate_limiter_max_rate',
    type: bigCountSafe,
    default: 0,
    unit: 'bit/s',
    lines: ['3.x'],
    meaning: 'Outbound limit; HTB on an ifb.',
  },
  netRateLimiterBwMaxRate: {
    toml: 'net_rate_limiter_bw_max_rate',
    type: signed,
    default: 0,
    lines: ['3.x'],
    meaning: 'Network limit or burst.',
    rule: 'Cloud Hypervisor flavour',
    effect: refused(otherLimits),
  },
  netRateLimiterBwOneTimeBurst: {
    toml: 'net_rate_limiter_bw_one_time_burst',
    type: signed,
    default: 0,
    lines: ['3.x'],
    meaning: 'Network limit or burst.',
    rule: 'Cloud Hypervisor flavour',
    effect: refused(otherLimits),
  },
  netRateLimiterOpsMaxRate: {
    toml: 'net_rate_limiter_ops_max_rate',
    type: signed,
    default: 0,
    lines: ['3.x'],
    meaning: 'Network limit or burst.',
    rule: 'Cloud Hypervisor flavour',
    effect: refused(otherLimits),
  },
  netRateLimiterOpsOneTimeBurst: {
    toml: 'net_rate_limiter_ops_one_time_burst',
    type: signed,
    default: 0,
    lines: ['3.x'],
    meaning: 'Network limit or burst.',
    rule: 'Cloud Hypervisor flavour',
    effect: refused(otherLimits),
  },
};
