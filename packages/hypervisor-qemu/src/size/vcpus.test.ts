import type { QmpClient, QmpEvent } from '@hako/qmp';
import { expect, test } from 'vitest';
import { Vcpus } from './vcpus.ts';

/** A monitor over four places, of which the first is that of the boot; a guest lets go, or refuses, by `event`. */
function monitor(event: 'DEVICE_DELETED' | 'DEVICE_UNPLUG_GUEST_ERROR') {
  const log: string[] = [];
  const taken = new Map<number, string>([[0, 'boot']]);
  const queue: QmpEvent[] = [];
  const execute = async (
    { name }: { name: string },
    args: Record<string, unknown> = {},
  ): Promise<unknown> => {
    if (name === 'query-hotpluggable-cpus') {
      return [3, 2, 1, 0].map((socket) => ({
        type: 'host-x86_64-cpu',
        props: { 'socket-id': socket, 'core-id': 0, 'thread-id': 0 },
        ...(taken.has(socket) ? { 'qom-path': '/machine/x' } : {}),
      }));
    }
    log.push(`${name} ${String(args.id)}`);
    if (name === 'device_add') taken.set(Number(args['socket-id']), String(args.id));
    else queue.push({ event, data: { device: args.id }, timestampUs: 0 });
    return {};
  };
  async function* events(): AsyncGenerator<QmpEvent, void> {
    yield { event: 'RTC_CHANGE', data: {}, timestampUs: 0 };
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) yield next;
  }
  return { vcpus: new Vcpus({ execute, events } as unknown as QmpClient), log, taken };
}

test('the lowest places are filled first, and no more than there are', async () => {
  const { vcpus, log, taken } = monitor('DEVICE_DELETED');
  await vcpus.grow(2);
  expect([...taken.keys()]).toEqual([0, 1, 2]);
  await vcpus.grow(9);
  await vcpus.grow(1);
  expect(vcpus.count).toBe(3);
  expect(log).toEqual(['device_add vcpu1', 'device_add vcpu2', 'device_add vcpu3']);
});

test('the last ones are taken out first', async () => {
  const { vcpus, log } = monitor('DEVICE_DELETED');
  await vcpus.grow(3);
  log.length = 0;
  await vcpus.shrink(1);
  expect(vcpus.count).toBe(1);
  expect(log).toEqual(['device_del vcpu3', 'device_del vcpu2']);
});

test('one that the guest keeps is counted', async () => {
  const { vcpus } = monitor('DEVICE_UNPLUG_GUEST_ERROR');
  await vcpus.grow(1);
  await expect(vcpus.shrink(0)).rejects.toMatchObject({ code: 'unplug-refused', facts: { device: 'vcpu1' } });
  expect(vcpus.count).toBe(1);
});

test('one that the guest lets go after all is counted no more', async () => {
  const { vcpus } = monitor('DEVICE_UNPLUG_GUEST_ERROR');
  await vcpus.grow(2);
  await expect(vcpus.shrink(0)).rejects.toMatchObject({ code: 'unplug-refused' });
  vcpus.deleted('vcpu2');
  vcpus.deleted('vcpu2');
  expect(vcpus.count).toBe(1);
});
