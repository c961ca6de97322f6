import { expect, test } from 'vitest';
import { VcpuPinning } from './vcpu-pinning.ts';

function pinning(threads: number[]) {
  const bound: string[] = [];
  const notices: string[] = [];
  const one = new VcpuPinning(
    { vcpuThreads: async () => threads },
    {
      bindThread: (thread, cpus) => {
        if (cpus.includes(99)) throw new Error('EINVAL');
        bound.push(`${thread}: ${cpus.join(',')}`);
      },
    },
    (notice) => notices.push(notice),
  );
  return { one, bound, notices, threads };
}
const cpuset = (cpus: string) => ({ cpu: { cpus } });

test('vCPUs are bound while there are as many as the cpusets have CPUs, and let go with another number', async () => {
  const { one, bound, threads } = pinning([10, 11]);
  await one.set('a', cpuset('4'));
  await one.set('a', {});
  expect(bound).toEqual([]);
  await one.set('b', cpuset('2,4'));
  expect(bound.splice(0)).toEqual(['10: 2', '11: 4']);
  threads.push(12);
  await one.set('b', {});
  expect(bound.splice(0)).toEqual(['10: ', '11: ', '12: ']);
  await one.set('a', cpuset('6-7'));
  expect(bound).toEqual([]);
  threads.pop();
  await one.remove('b');
  expect(bound.splice(0)).toEqual(['10: 6', '11: 7']);
  await one.remove('a');
  expect(bound).toEqual(['10: ', '11: ']);
});

test('a thread that runs two vCPUs gets the CPUs of both', async () => {
  const { one, bound } = pinning([10, 10]);
  await one.set('a', cpuset('0-1'));
  expect(bound).toEqual(['10: 0,1']);
});

test('a CPU that the host does not have is told, and no failure', async () => {
  const { one, notices } = pinning([10]);
  await one.set('a', cpuset('99'));
  expect(notices).toEqual(['vCPUs are not bound to CPUs 99: EINVAL']);
});
