import { expect, test } from 'vitest';
import { lackOfRoom, type Room, roomWords } from './port-room.ts';

const mib = 1024 * 1024;
const room = (plain: number, prefetchable: number): Room => ({
  plainBytes: plain * mib,
  prefetchableBytes: prefetchable * mib,
});
const ports = { hotPlugVfio: 'root-port' } as const;
const bridge = { hotPlugVfio: 'bridge-port' } as const;

test('a kernel is told of what is more than it keeps by itself, the largest of either kind', () => {
  expect(roomWords([])).toEqual([]);
  expect(roomWords([room(2, 2), room(0.1, 1)])).toEqual([]);
  expect(roomWords([room(2.5, 1), room(1, 543)])).toEqual([
    { key: 'pci', value: 'hpmmiosize=3M,hpmmioprefsize=543M' },
  ]);
  expect(lackOfRoom(room(2.5, 543), [], ports, roomWords([room(2.5, 543)]))).toBeUndefined();
});

test('what does not fit a port is told with what it needs, what there is, and the words to set', () => {
  expect(lackOfRoom(room(2, 2), [room(2, 2)], ports, [])).toBeUndefined();
  expect(lackOfRoom(room(1, 511), [], ports, [])).toBe(
    "needs 1 MiB and 511 MiB (prefetchable) of the guest's address space, and the machine was started with ports that have 2 MiB and 2 MiB (prefetchable); add pci=hpmmiosize=2M,hpmmioprefsize=511M to kernel_params, or name it in the first container of the sandbox",
  );
});

test.each([
  ['hpmmiosize=4M,hpmmioprefsize=1G', true],
  ['nomsi,hpmemsize=1048576K', true],
  ['hpmemsize=0x40000000', true],
  ['hpmmioprefsize=1G', false],
  ['hpmemsize=1G,hpmmiosize=3M', false],
  ['hpmemsize=much', false],
  ['hpmemsize', false],
])('of the kernel words pci=%s', (value, isEnough) => {
  const words = [{ key: 'quiet' }, { key: 'pci', value }];
  expect(lackOfRoom(room(4, 1024), [], ports, words) === undefined).toBe(isEnough);
});

test('on a bridge all of them share what it has', () => {
  expect(lackOfRoom(room(0, 0.5), [room(0.25, 0.25)], bridge, [])).toBeUndefined();
  const why = lackOfRoom(room(0.0625, 0.5), [room(0, 0.25), room(0, 0.125)], bridge, []);
  expect(why).toMatch(/^needs, with the others there, 64 KiB and 896 KiB \(prefetchable\)/);
  expect(why).toMatch(
    /a bridge has 768 KiB and 768 KiB .* set hot_plug_vfio = "root-port", and pcie_root_port/,
  );
});
