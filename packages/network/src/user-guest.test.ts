import { expect, test } from 'vitest';
import { passtArguments, userView } from './user-guest.ts';

test('where the host has no IPv6, neither passt nor the guest has', () => {
  expect(passtArguments(false)).toContain('--ipv4-only');
  const { interfaces, routes, priorities } = userView(false);
  expect(interfaces[0]?.IPAddresses).toMatchObject([{ address: '10.0.2.15' }]);
  expect(routes).toMatchObject([{ gateway: '10.0.2.2' }]);
  expect(priorities).toEqual([0]);
});

test('where it has, the guest has an address and a default route of each', () => {
  expect(passtArguments(true)).not.toContain('--ipv4-only');
  const { interfaces, routes, priorities } = userView(true);
  expect(interfaces[0]?.IPAddresses).toMatchObject([
    { family: 0, address: '10.0.2.15', mask: '24' },
    { family: 1, address: 'fd68:616b:6f00::15', mask: '64' },
  ]);
  expect(routes).toMatchObject([
    { family: 0, dest: '', gateway: '10.0.2.2' },
    { family: 1, dest: '', gateway: 'fd68:616b:6f00::2' },
  ]);
  expect(priorities).toEqual([0, 0]);
});
