import { expect, test } from 'vitest';
import { cpusOfGuest, guestResources, guestSpec } from './guest-spec.ts';
import { plainTranslation } from './testing/plain-translation.ts';

const cpu = { shares: 2n, cpus: '0-2', mems: '0' };

test('a cpuset stays where the guest can have its CPUs, and is left out where it cannot or the host binds vCPUs by it', () => {
  expect(guestResources({ cpu }, 4)).toEqual({ cpu });
  expect(guestResources({ cpu }, 2)).toEqual({ cpu: { shares: 2n, mems: '0' } });
  expect(guestResources({ cpu }, 0)).toEqual({ cpu: { shares: 2n } });
  expect(guestResources({ cpu: { mems: '1' } }, 4)).toEqual({ cpu: {} });
  expect(guestResources({ cpu: { burst: 7 }, unified: { 'cpu.weight': '5' } }, 4)).toEqual({
    cpu: {},
    unified: { 'cpu.max.burst': '7', 'cpu.weight': '5' },
  });
  expect(guestResources({ pids: { limit: 3 } }, 4)).toEqual({ pids: { limit: 3 } });
});

test('memory limits that cgroup v2 has are kept; a swappiness is a wish for swap, which the machine has', () => {
  const memory = { limit: 100, swap: 200, kernel: -1, kernelTCP: -1 };
  expect(guestResources({ memory: { ...memory, swappiness: 60 } }, 4).memory).toEqual({
    limit: 100,
    swap: 200,
  });
  expect(guestResources({ memory: { swappiness: 0n } }, 4).memory).toEqual({ swappiness: 0n });
});

test('an overlay of the host is a bind in the guest', () => {
  const options = ['lowerdir=/l', 'upperdir=/u', 'workdir=/w', 'private'];
  const { container, sandbox } = plainTranslation({
    bundlePath: '/bundle',
    containerId: 'c1',
    spec: { mounts: [{ destination: '/v', type: 'overlay', source: '/merge', options }] },
  });
  const shared = { rootfs: '/rootfs', mounts: [{ index: 0, guestSource: '/share/0' }] };
  expect(guestSpec(container, sandbox, shared).mounts).toEqual([
    { destination: '/v', type: 'bind', source: '/share/0', options: ['rbind', 'private'] },
  ]);
});

test('annotations that name devices of the host are none of the guest', () => {
  const { container, sandbox } = plainTranslation({
    bundlePath: '/bundle',
    containerId: 'c1',
    spec: { annotations: { 'cdi.k8s.io/gpu': 'a.com/gpu=0', 'run.oci.keep': 'x' } },
  });
  expect(guestSpec(container, sandbox, { rootfs: '/rootfs', mounts: [] }).annotations).toEqual({
    'run.oci.keep': 'x',
  });
});

test('the guest can have as many CPUs as its machine at most', () => {
  const of = (enableVcpusPinning: boolean) =>
    cpusOfGuest({
      hypervisor: { defaultVcpus: 2.5, defaultMaxVcpus: 2 },
      runtime: { enableVcpusPinning },
    } as Parameters<typeof cpusOfGuest>[0]);
  expect([of(false), of(true)]).toEqual([3, 0]);
});
