import { defaultRuntimeConfig, type HypervisorConfig } from '@hako/config';
import { expect, test } from 'vitest';
import { cardSettings } from './sandbox-network.ts';

test.each<[Partial<HypervisorConfig>, ReturnType<typeof cardSettings>]>([
  [{}, { queues: 1, vhost: true, inboundBitsPerSecond: 0, outboundBitsPerSecond: 0 }],
  [
    {
      networkQueues: 4,
      disableVhostNet: true,
      rxRateLimiterMaxRateBitsPerSec: 1000,
      txRateLimiterMaxRateBitsPerSec: 2000,
    },
    { queues: 4, vhost: false, inboundBitsPerSecond: 1000, outboundBitsPerSecond: 2000 },
  ],
])('network cards with %j', (changes, settings) => {
  expect(cardSettings({ ...defaultRuntimeConfig().hypervisor, ...changes })).toEqual(settings);
});
