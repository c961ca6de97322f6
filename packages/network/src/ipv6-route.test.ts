import { expect, test } from 'vitest';
import { namesDefaultRoute } from './ipv6-route.ts';

const zero = '0'.repeat(32);
const unreachable = `${zero} 00 ${zero} 00 ${zero} ffffffff 00000001 00000000 00200200       lo`;
const connected = `fd000077${'0'.repeat(24)} 40 ${zero} 00 ${zero} 00000100 00000001 00000000 00000001     eth0`;
const viaRouter = `${zero} 00 ${zero} 00 fd000077${'0'.repeat(23)}1 00000400 00000001 00000000 00000003     eth0`;

test.each([
  ['no IPv6', '', false],
  ['no router', `${connected}\n${unreachable}\n`, false],
  ['a router', `${connected}\n${viaRouter}\n${unreachable}\n`, true],
])('%s', (_name, table, expected) => {
  expect(namesDefaultRoute(table)).toBe(expected);
});
