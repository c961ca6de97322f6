import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DiskDevice, VmDevice } from '@hako/hypervisor';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type GuestSwapOptions, guestSwap } from './guest-swap.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'guest-swap-'));
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true });
});

function options(log: string[], plug: (device: VmDevice) => void, seconds = 0): GuestSwapOptions {
  return {
    machine: {
      size: { vcpus: 1, memoryMib: 300 },
      plug: (device) => {
        plug(device);
        return Promise.resolve({ guestPciPath: '02/1f' });
      },
    },
    agent: {
      addSwap: ({ PCIPath }) => {
        log.push(`addSwap ${String(PCIPath)}`);
        return Promise.resolve({});
      },
    } as GuestSwapOptions['agent'],
    config: {
      id: 'pod',
      hypervisor: {
        enableGuestSwap: true,
        guestSwapPath: join(folder, 'swap'),
        guestSwapSizePercent: 50,
        guestSwapCreateThresholdSecs: seconds,
      },
    },
    ledger: {
      announce: (resource) => {
        log.push(`announce ${JSON.stringify(resource)}`);
        return Promise.resolve();
      },
    },
    log: (message, level) => log.push(`${level ?? 'info'} ${message}`),
  };
}

test('a swap area as large as the configured part of the memory, whose file has no name once it is plugged', async () => {
  const log: string[] = [];
  let path = '';
  await guestSwap(
    options(log, (device) => {
      ({ path } = device as DiskDevice);
      const { size, mode } = statSync(path);
      log.push(`plug ${device.kind} ${size / 2 ** 20} MiB ${(mode & 0o777).toString(8)}`);
      // Known by its signature.
      log.push(execFileSync('blkid', ['-p', '-o', 'value', '-s', 'TYPE', path], { encoding: 'utf8' }).trim());
    }),
  )?.done;
  expect(log).toEqual([
    `announce {"kind":"file","path":"${folder}/swap/pod.swap"}`,
    'plug block 150 MiB 600',
    'swap',
    'addSwap 2,31',
    'info the guest has 150 MiB of swap',
  ]);
  expect(existsSync(path)).toBe(false);
});

test('a machine that does not take it goes on without, says so, and nothing stays', async () => {
  const log: string[] = [];
  const refuse = (): never => {
    throw new Error('no place');
  };
  await guestSwap(options(log, refuse))?.done;
  expect(log.at(-1)).toBe('warning the guest gets no swap: Error: no place');
  expect(readdirSync(join(folder, 'swap'))).toEqual([]);
});

test('it comes after the configured time, and not to a sandbox that has ended', async () => {
  vi.useFakeTimers();
  const log: string[] = [];
  const swap = guestSwap(options(log, () => undefined, 60));
  await vi.advanceTimersByTimeAsync(59_000);
  expect(log).toEqual([]);
  swap?.cancel();
  await swap?.done;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(log).toEqual([]);
  const { config, ...rest } = options(log, () => undefined);
  const without = { ...config, hypervisor: { ...config.hypervisor, enableGuestSwap: false } };
  expect(guestSwap({ ...rest, config: without })).toBeUndefined();
});
