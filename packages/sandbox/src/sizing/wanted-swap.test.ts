import { expect, test } from 'vitest';
import { swapWishOf, wantedSwapMib } from './wanted-swap.ts';

const mib = 2 ** 20;

test('a wish is the swappiness and the limit of memory and swap; an update changes what it names', () => {
  expect(swapWishOf({ memory: { swappiness: 60, swap: 100 * mib + 1 } })).toEqual({
    swappiness: 60,
    memoryAndSwapMib: 101,
  });
  expect(swapWishOf(undefined)).toEqual({});
  const before = { swappiness: 60, memoryAndSwapMib: 100 };
  expect(swapWishOf({ memory: { limit: mib } }, before)).toEqual(before);
  expect(swapWishOf({ memory: { swap: 2 * mib } }, before)).toEqual({ swappiness: 60, memoryAndSwapMib: 2 });
});

test.each([
  ['no swappiness is no wish', [{ wish: { memoryAndSwapMib: 500 }, memoryMib: 100 }], 0],
  ['nor is one of 0', [{ wish: { swappiness: 0, memoryAndSwapMib: 500 } }], 0],
  ['what is above the memory', [{ wish: { swappiness: 1, memoryAndSwapMib: 500 }, memoryMib: 100 }], 400],
  ['no limit of memory: all of it', [{ wish: { swappiness: 1, memoryAndSwapMib: 500 } }], 500],
  ['no swap at all', [{ wish: { swappiness: 1, memoryAndSwapMib: 100 }, memoryMib: 100 }], 0],
  ['swap without a limit is none', [{ wish: { swappiness: 1, memoryAndSwapMib: -1 }, memoryMib: 100 }], 0],
  ['as much as memory', [{ wish: { swappiness: 1 }, memoryMib: 100 }], 100],
  ["the machine's, once", [{ wish: { swappiness: 1 } }, { wish: { swappiness: 1 } }], 2048],
  [
    'the sum of all',
    [
      { wish: { swappiness: 1 }, memoryMib: 100 },
      { wish: { swappiness: 1, memoryAndSwapMib: 30 } },
      { wish: {} },
    ],
    130,
  ],
])('%s', (_what, containers, expected) => {
  expect(wantedSwapMib(containers, 2048)).toBe(expected);
});
