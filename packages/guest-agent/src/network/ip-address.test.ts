import { isIPv4, isIPv6 } from 'node:net';
import { expect, test } from 'vitest';
import { formatIp, formatMac, parseIp, parseMac, parsePrefix } from './ip-address.ts';

test.each([
  ['10.0.0.255', '10.0.0.255'],
  ['::', '::'],
  ['::1', '::1'],
  ['fd00::', 'fd00::'],
  ['FD00:0:0:1:0:0:0:2', 'fd00:0:0:1::2'],
  ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
  ['1:0:0:2:0:0:3:4', '1::2:0:0:3:4'],
  ['::ffff:10.1.2.3', '::ffff:a01:203'],
  ['fe80::1.2.3.4', 'fe80::102:304'],
])('%s is read, and written as %s', (text, canonical) => {
  expect(formatIp(parseIp(text).bytes)).toBe(canonical);
});

const wrong = [
  '',
  '1.2.3',
  '1.2.3.256',
  '01.2.3.4',
  '1.2.3.4.5',
  ':',
  ':::',
  '1::2::3',
  '1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7:8:9',
  '::12345',
  'g::',
  '1.2.3.4::',
  '::1%eth0',
  '1:2:3:4:5:6:7::8',
];
test.each(wrong)('%j is no address', (text) => {
  // The one case in which Node is laxer: `::` may stand for no group at all.
  if (text !== '1:2:3:4:5:6:7::8') expect(isIPv4(text) || (isIPv6(text) && !text.includes('%'))).toBe(false);
  expect(() => parseIp(text)).toThrow(/is no IP address/);
});

test('prefixes', () => {
  expect(parsePrefix('10.1.0.0/16')).toEqual({
    family: 2,
    bytes: Uint8Array.of(10, 1, 0, 0),
    prefixLength: 16,
  });
  expect(parsePrefix('fd00::1')).toMatchObject({ family: 10, prefixLength: 128 });
  for (const text of ['10.0.0.0/33', 'fd00::/129', '10.0.0.0/', '10.0.0.0/x', '10.0.0.0/8/8'])
    expect(() => parsePrefix(text)).toThrow(/is no prefix length/);
});

test('MAC addresses', () => {
  expect(formatMac(parseMac('02:00:00:AB:0c:fF'))).toBe('02:00:00:ab:0c:ff');
  for (const text of ['', '02:00:00:00:00', '02-00-00-00-00-01', '2:0:0:0:0:1', '02:00:00:00:00:0g'])
    expect(() => parseMac(text)).toThrow(/is no MAC address/);
});
