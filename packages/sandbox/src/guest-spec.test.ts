import { expect, test } from 'vitest';
import { cpusOfGuest, guestResources } from './guest-spec.ts';

const cpu = { shares: 2n, cpus: '0-2', mems: '0' };

test('a cpuset stays where the guest can have its CPUs, and is left out where it cannot or the host binds vCPUs by it', () => {
  expect(guestResources({ cpu }, 4)).toEqual({ cpu });
  expect(guestResources({ cpu }, 2)).toEqual({ cpu: { shares: 2n, mems: '0' } });
  expect(guestResources({ cpu }, 0)).toEqual({ cpu: { shares: 2n } });
  expect(guestResources({ cpu: { mems: '1' } }, 4)).toEqual({ cpu: {} });
  expect(guestResources({ pids: { limit: 3 } }, 4)).toEqual({ pids: { limit: 3 } });
});

test('the guest can have as many CPUs as its machine at most', () => {
  const of = (enableVcpusPinning: boolean) =>
    cpusOfGuest({
      hypervisor: { defaultVcpus: 2.5, defaultMaxVcpus: 2 },
      runtime: { enableVcpusPinning },
    } as Parameters<typeof cpusOfGuest>[0]);
  expect([of(false), of(true)]).toEqual([3, 0]);
});
