import type { LinuxResources } from '@hako/oci-spec';

/** What one container asks of the guest's swap; absent: nothing. */
export interface SwapWish {
  readonly swappiness?: number;
  /** Limit of memory and swap together. */
  readonly memoryAndSwapMib?: number;
}

/** What `linux.resources.memory` says of swap; members that it does not name are those of `before`, as in an update. */
export function swapWishOf({ memory }: LinuxResources = {}, before: SwapWish = {}): SwapWish {
  const swappiness = memory?.swappiness === undefined ? before.swappiness : Number(memory.swappiness);
  const memoryAndSwapMib =
    memory?.swap === undefined ? before.memoryAndSwapMib : Math.ceil(Number(memory.swap) / 2 ** 20);
  return {
    ...(swappiness === undefined ? {} : { swappiness }),
    ...(memoryAndSwapMib === undefined ? {} : { memoryAndSwapMib }),
  };
}

/**
 * Swap for containers with a swappiness above 0, by Kata's rule: what the limit of memory and swap is above that of memory; without
 * the former as much as the latter; without both, once for all of them, as much as the machine's own memory.
 *
 * @param containers their wishes, with their limits of memory
 */
export function wantedSwapMib(
  containers: Iterable<{ readonly wish: SwapWish; readonly memoryMib?: number | undefined }>,
  machineMib: number,
): number {
  let sumMib = 0;
  let isAnyUnlimited = false;
  for (const { wish, memoryMib = 0 } of containers) {
    const { swappiness = 0, memoryAndSwapMib = 0 } = wish;
    if (swappiness <= 0) continue;
    if (memoryAndSwapMib === 0) {
      sumMib += memoryMib;
      isAnyUnlimited ||= memoryMib === 0;
    } else sumMib += Math.max(0, memoryAndSwapMib - memoryMib);
  }
  return sumMib + (isAnyUnlimited ? machineMib : 0);
}
