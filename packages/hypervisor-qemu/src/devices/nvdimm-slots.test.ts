import { expect, test } from 'vitest';
import { NvdimmSlots } from './nvdimm-slots.ts';

const mib = 1024 * 1024;

test('NVDIMMs have as many slots of their own as memory, behind those, and the address space that is kept for them', () => {
  const slots = new NvdimmSlots({ memorySlots: 2, memoryOffsetMib: 6 });
  expect(slots.take('a', 1024 * mib)).toBe(3);
  expect(() => slots.take('b', 8 * mib)).toThrow(
    '1024 of 1030 MiB of address space for NVDIMMs are taken, and it needs 8; raise memory_offset',
  );
  expect(slots.take('b', 4 * mib)).toBe(4);
  expect(slots.of('b')).toBe(4);
  expect(() => slots.take('c', 2 * mib)).toThrow(
    'all 2 memory slots for NVDIMMs are taken; raise memory_slots',
  );
  slots.release('a');
  expect(slots.take('c', 2 * mib)).toBe(3);
});
