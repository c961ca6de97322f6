import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DiskDevice, VmDevice } from '@hako/hypervisor';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { GuestSwap, type GuestSwapOptions } from './guest-swap.ts';

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
      unplug: (id) => {
        log.push(`unplug ${id}`);
        return Promise.resolve();
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
  vi.useFakeTimers();
  GuestSwap.of(
    options(log, (device) => {
      ({ path } = device as DiskDevice);
      const { size, mode } = statSync(path);
      log.push(`plug ${device.kind} ${size / 2 ** 20} MiB ${(mode & 0o777).toString(8)}`);
      // Known by its signature.
      log.push(execFileSync('blkid', ['-p', '-o', 'value', '-s', 'TYPE', path], { encoding: 'utf8' }).trim());
    }),
  );
  await vi.advanceTimersByTimeAsync(0);
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
  vi.useFakeTimers();
  GuestSwap.of(options(log, refuse));
  await vi.advanceTimersByTimeAsync(0);
  expect(log.at(-1)).toBe('warning the guest gets no swap: no place');
  expect(readdirSync(join(folder, 'swap'))).toEqual([]);
});

test('it comes after the configured time, follows the memory later, and not to a sandbox that has ended', async () => {
  vi.useFakeTimers();
  const log: string[] = [];
  const all = options(log, (device) => log.push(`plug ${device.id}`), 60);
  const size = { vcpus: 1, memoryMib: 300 };
  const said = () => log.splice(0).filter((line) => !line.startsWith('announce'));
  const swap = GuestSwap.of({ ...all, machine: { ...all.machine, size } });
  await vi.advanceTimersByTimeAsync(59_000);
  expect(log).toEqual([]);
  await vi.advanceTimersByTimeAsync(1000);
  expect(said()).toEqual(['plug swap', 'addSwap 2,31', 'info the guest has 150 MiB of swap']);
  size.memoryMib = 500;
  swap?.memoryChanged();
  await vi.advanceTimersByTimeAsync(59_000);
  // The wait is not begun anew.
  swap?.memoryChanged();
  await vi.advanceTimersByTimeAsync(1000);
  expect(said()).toEqual(['plug swap1', 'addSwap 2,31', 'info the guest has 250 MiB of swap']);
  size.memoryMib = 300;
  swap?.memoryChanged();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(said()).toEqual([]);
  size.memoryMib = 900;
  swap?.memoryChanged();
  swap?.cancel();
  swap?.memoryChanged();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(log).toEqual([]);
  const without = { ...all.config, hypervisor: { ...all.config.hypervisor, enableGuestSwap: false } };
  expect(GuestSwap.of({ ...all, config: without })).toBeUndefined();
});

test('what a container needs is there at once, and counts for what comes by itself', async () => {
  vi.useFakeTimers();
  const log: string[] = [];
  const sizes: number[] = [];
  const swap = GuestSwap.of(
    options(log, (device) => sizes.push(statSync((device as DiskDevice).path).size / 2 ** 20), 60),
  );
  await swap?.ensure(100);
  await Promise.all([swap?.ensure(120), swap?.ensure(110)]);
  expect(sizes).toEqual([100, 20]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(sizes).toEqual([100, 20, 30]);
});

test('swap that the guest refuses is taken out again, and asked for anew', async () => {
  vi.useFakeTimers();
  const log: string[] = [];
  const all = options(log, (device) => log.push(`plug ${device.id}`), 60);
  let isRefused = true;
  const agent = {
    addSwap: () => (isRefused ? Promise.reject(new Error('not here')) : Promise.resolve({})),
  } as GuestSwapOptions['agent'];
  const swap = GuestSwap.of({ ...all, agent });
  await expect(swap?.ensure(100)).rejects.toThrow('not here');
  isRefused = false;
  await swap?.ensure(100);
  expect(log.filter((line) => !line.startsWith('announce'))).toEqual([
    'plug swap',
    'unplug swap',
    'plug swap1',
    'info the guest has 100 MiB of swap',
  ]);
  swap?.cancel();
});
