import { defaultRuntimeConfig } from '@hako/config';
import type { QmpClient, QmpEvent } from '@hako/qmp';
import { expect, test } from 'vitest';
import { Dimms } from './dimms.ts';

const { hypervisor } = defaultRuntimeConfig();

/** A guest that lets go of what it is asked for, or refuses to, and a QEMU that refuses to plug what is named. */
function monitor(event: 'DEVICE_DELETED' | 'MEM_UNPLUG_ERROR', refused = '') {
  const log: string[] = [];
  const queue: QmpEvent[] = [];
  const execute = async ({ name }: { name: string }, args: Record<string, unknown>): Promise<unknown> => {
    log.push(`${name} ${String(args.id)}`);
    if (name === 'device_add' && args.id === refused) throw new Error('no');
    if (name === 'device_del') queue.push({ event, data: { device: args.id }, timestampUs: 0 });
    return {};
  };
  async function* events(): AsyncGenerator<QmpEvent, void> {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) yield next;
  }
  const qmp = { execute, events } as unknown as QmpClient;
  return { dimms: new Dimms(qmp, { ...hypervisor, memorySlots: 3 }, false), log };
}

test('a module comes with its memory and goes with it; the last first, whole ones only', async () => {
  const { dimms, log } = monitor('DEVICE_DELETED');
  await dimms.grow(256);
  await dimms.grow(384);
  await dimms.shrink(256);
  expect(dimms.memoryMib).toBe(256);
  await dimms.shrink(128);
  expect(dimms.memoryMib).toBe(256);
  expect(log.slice(4)).toEqual(['device_del dimm2', 'object-del dimm2-memory']);
});

test('of one that QEMU refuses no memory stays', async () => {
  const { dimms, log } = monitor('DEVICE_DELETED', 'dimm1');
  await expect(dimms.grow(128)).rejects.toThrow('no');
  expect(dimms.memoryMib).toBe(0);
  expect(log).toEqual(['object-add dimm1-memory', 'device_add dimm1', 'object-del dimm1-memory']);
});

test('one that the guest lets go after all is gone with its memory, once', async () => {
  const { dimms, log } = monitor('MEM_UNPLUG_ERROR');
  await dimms.grow(128);
  await expect(dimms.shrink(0)).rejects.toMatchObject({ code: 'unplug-refused' });
  expect(dimms.memoryMib).toBe(128);
  await Promise.all([dimms.deleted('dimm1'), dimms.deleted('dimm1'), dimms.deleted('disk1')]);
  expect(dimms.memoryMib).toBe(0);
  expect(log.slice(2)).toEqual(['device_del dimm1', 'object-del dimm1-memory']);
  await dimms.shrink(0);
});
