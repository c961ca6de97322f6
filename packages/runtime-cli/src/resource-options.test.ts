import { expect, test } from 'vitest';
import { resourcesOfOptions } from './resource-options.ts';

test('each option is a member of the specification’s resources', () => {
  expect(
    resourcesOfOptions({
      memory: '64m',
      memoryReservation: '1g',
      memorySwap: '-1',
      cpuPeriod: '100000',
      cpuQuota: '-1',
      cpuShare: '512',
      cpusetCpus: '0-1',
      pidsLimit: '77',
    }),
  ).toEqual({
    memory: { limit: 67_108_864, reservation: 1_073_741_824, swap: -1 },
    cpu: { period: 100_000, quota: -1, shares: 512, cpus: '0-1' },
    pids: { limit: 77 },
  });
});

test('what was not given is not there', () => {
  expect(resourcesOfOptions({})).toEqual({});
  expect(resourcesOfOptions({ pidsLimit: '0' })).toEqual({ pids: { limit: 0 } });
});

test.each([
  [{ memory: 'much' }, '--memory "much"'],
  [{ cpuQuota: '1.5' }, '--cpu-quota "1.5"'],
  [{ pidsLimit: '' }, '--pids-limit ""'],
])('%j is refused by name', (options, said) => {
  expect(() => resourcesOfOptions(options)).toThrow(said);
});
