import { expect, test } from 'vitest';
import { hasAllDevices, withoutHostDisks } from './all-devices.ts';

test('all devices are those that a rule without numbers allows, if no later one takes them back', () => {
  const all = { allow: true, access: 'rwm' };
  expect(hasAllDevices({ resources: { devices: [{ allow: false, access: 'rwm' }, all] } })).toBe(true);
  expect(hasAllDevices({ resources: { devices: [{ ...all, type: 'a', major: -1, minor: -1 }] } })).toBe(true);
  expect(hasAllDevices({ resources: { devices: [all, { allow: false, access: 'rwm' }] } })).toBe(false);
  const one = { allow: true, type: 'b', major: 7, minor: 1, access: 'rwm' };
  expect(hasAllDevices({ resources: { devices: [{ allow: false }, one] } })).toBe(false);
  expect(hasAllDevices(undefined)).toBe(false);
});

test('with all devices come no disks of the host', () => {
  const devices = [{ type: 'b' }, { type: 'c' }];
  expect(withoutHostDisks(devices, { resources: { devices: [{ allow: true }] } })).toEqual([{ type: 'c' }]);
  expect(withoutHostDisks(devices, {})).toEqual(devices);
});
