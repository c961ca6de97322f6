import { expect, test } from 'vitest';
import { type UsedDevice, UsedDevices } from './used-devices.ts';

function machine(atStart?: ReadonlyMap<string, UsedDevice>) {
  const gone = new Set<string>();
  const unplugged: string[] = [];
  const devices = new UsedDevices(
    {
      isGone: (id) => gone.has(id),
      unplug: async (id) => {
        if (id === 'stuck') throw new Error('the guest keeps it');
        unplugged.push(id);
      },
    },
    atStart,
  );
  const plug =
    (id: string, endsWith: UsedDevice['endsWith'] = 'last-user') =>
    async (): Promise<UsedDevice> => ({ id, where: { guestPciPath: id }, endsWith });
  return { devices, gone, unplugged, plug };
}

test('the first user plugs, the last one unplugs', async () => {
  const { devices, unplugged, plug } = machine();
  await devices.use('a', 'disk', plug('d1'));
  expect(await devices.use('b', 'disk', plug('never'))).toMatchObject({ id: 'd1' });
  await devices.letGo('a');
  expect(unplugged).toEqual([]);
  await devices.letGo('b');
  expect(unplugged).toEqual(['d1']);
  expect(devices.get('disk')).toBeUndefined();
});

test('what the guest has ejected is plugged again, and those who had it have it still', async () => {
  const { devices, gone, unplugged, plug } = machine();
  await devices.use('a', 'disk', plug('d1'));
  gone.add('d1');
  await expect(devices.use('b', 'disk', () => Promise.reject(new Error('no place')))).rejects.toThrow(
    'no place',
  );
  await devices.letGo('b');
  await devices.letGo('a');
  expect(unplugged).toEqual([]);
  await devices.use('a', 'disk', plug('d2'));
  gone.add('d2');
  await devices.use('b', 'disk', plug('d3'));
  await devices.letGo('b');
  expect(unplugged).toEqual([]);
  await devices.letGo('a');
  expect(unplugged).toEqual(['d3']);
});

test('one that the guest keeps does not keep the others', async () => {
  const { devices, unplugged, plug } = machine();
  await devices.use('a', 'x', plug('stuck'));
  await devices.use('a', 'y', plug('d2'));
  await expect(devices.letGo('a')).rejects.toMatchObject({
    code: 'teardown-incomplete',
    message: 'the guest keeps it',
  });
  expect(unplugged).toEqual(['d2']);
});

test('what cannot be taken out stays when its last user has gone, and serves the next one', async () => {
  const cold: UsedDevice = { id: 'd0', where: { guestPciPath: '' }, endsWith: 'machine' };
  const { devices, gone, unplugged, plug } = machine(new Map([['cold', cold]]));
  expect(await devices.use('a', 'cold', plug('never'))).toBe(cold);
  await devices.use('a', 'disk', plug('d1', 'machine'));
  await devices.letGo('a');
  expect(devices.get('disk')).toMatchObject({ id: 'd1' });
  expect(await devices.use('b', 'disk', plug('never'))).toMatchObject({ id: 'd1' });
  expect(await devices.use('b', 'cold', plug('never'))).toBe(cold);
  await devices.letGo('b');
  expect(unplugged).toEqual([]);
  gone.add('d1');
  expect(await devices.use('c', 'disk', plug('d2'))).toMatchObject({ id: 'd2' });
  await devices.letGo('c');
  expect(unplugged).toEqual(['d2']);
});
