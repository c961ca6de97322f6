import { expect, test } from 'vitest';
import { largerLimits, limitsOf, wantedSize } from './wanted-size.ts';

const mib = 2 ** 20;

test('limits are quota by period and the memory limit', () => {
  expect(limitsOf({ cpu: { quota: 150_000, period: 100_000 }, memory: { limit: 100 * mib + 1 } })).toEqual({
    cpus: 1.5,
    memoryMib: 101,
  });
  expect(limitsOf({ cpu: { quota: 50_000 } })).toEqual({ cpus: 0.5 });
  expect(limitsOf({ cpu: { shares: 1024 }, memory: { swap: 5 } })).toEqual({});
  expect(limitsOf(undefined)).toEqual({});
});

test('an update changes what it names; -1, and what Go programs write for it, is no limit', () => {
  const before = { cpus: 2, memoryMib: 512 };
  expect(limitsOf({ memory: { limit: 256 * mib } }, before)).toEqual({ cpus: 2, memoryMib: 256 });
  expect(limitsOf({ cpu: { quota: -1 }, memory: { limit: -1 } }, before)).toEqual({});
  expect(limitsOf({ memory: { limit: 9_223_372_036_854_771_712n } }, before)).toEqual({ cpus: 2 });
});

test('the machine is what it is started with and the sum of the limits, vCPUs rounded up once', () => {
  const atBoot = { vcpus: 1, memoryMib: 2048 };
  expect(wantedSize(atBoot, [])).toEqual(atBoot);
  expect(wantedSize(atBoot, [{ cpus: 0.5 }, { cpus: 0.5, memoryMib: 100 }, {}])).toEqual({
    vcpus: 2,
    memoryMib: 2148,
  });
  expect(
    wantedSize(
      atBoot,
      Array.from({ length: 10 }, () => ({ cpus: 0.1 })),
    ).vcpus,
  ).toBe(2);
});

test('between two limits there is room for both', () => {
  expect(largerLimits({ cpus: 2 }, { cpus: 1, memoryMib: 5 })).toEqual({ cpus: 2, memoryMib: 5 });
});
