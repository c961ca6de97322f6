import { bool, type Override, uint32 } from '@hako/annotations';
import type { RuntimeConfig } from '@hako/config';
import { rate } from './network-values.ts';
import { prefix, rows } from './rows.ts';

/** Keys about network devices. */
export const networkOverrides: readonly Override<RuntimeConfig>[] = [
  rows.set(
    `${prefix}disable_vhost_net`,
    'hypervisor',
    'disableVhostNet',
    { codec: bool },
    {
      meaning: 'Use QEMU user space networking in place of the host kernel backend.',
      since: '1.x',
    },
  ),
  rows.set(
    `${prefix}rx_rate_limiter_max_rate`,
    'hypervisor',
    'rxRateLimiterMaxRateBitsPerSec',
    { '3.x': { codec: rate } },
    {
      meaning: 'Inbound limit.',
      unit: 'bit/s',
      since: '2.0.0',
    },
  ),
  rows.set(
    `${prefix}tx_rate_limiter_max_rate`,
    'hypervisor',
    'txRateLimiterMaxRateBitsPerSec',
    { '3.x': { codec: rate } },
    {
      meaning: 'Outbound limit.',
      unit: 'bit/s',
      since: '2.0.0',
    },
  ),
  rows.set(
    `${prefix}network_queues`,
    'hypervisor',
    'networkQueues',
    { '3.x': { codec: uint32 } },
    {
      meaning: 'Queue pairs per NIC (Rust).',
      since: '3.27.0',
    },
  ),
];
