import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { setNetworkSysctls } from './network-sysctls.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'hako-sysctl-'));
  mkdirSync(join(dir, 'net/ipv4/conf/eth0.5'), { recursive: true });
  writeFileSync(join(dir, 'net/ipv4/ip_forward'), '0');
  writeFileSync(join(dir, 'net/ipv4/conf/eth0.5/forwarding'), '0');
});
afterEach(() => rmSync(dir, { recursive: true }));

const specWith = (sysctl: object, namespaces: readonly object[] = []) => ({ linux: { sysctl, namespaces } });

test('network settings are the machine’s, the others stay in the spec', () => {
  const spec = specWith({
    'net.ipv4.ip_forward': '1',
    'net.ipv4.conf.eth0/5.forwarding': '1',
    'kernel.msgmax': '9',
  });
  expect(setNetworkSysctls(spec, dir)).toEqual(specWith({ 'kernel.msgmax': '9' }));
  expect(readFileSync(join(dir, 'net/ipv4/ip_forward'), 'utf8')).toBe('1');
  expect(readFileSync(join(dir, 'net/ipv4/conf/eth0.5/forwarding'), 'utf8')).toBe('1');
});

test('names with slashes', () => {
  setNetworkSysctls(specWith({ 'net/ipv4/ip_forward': '1' }), dir);
  expect(readFileSync(join(dir, 'net/ipv4/ip_forward'), 'utf8')).toBe('1');
});

test('a container with a network namespace of its own is crun’s business', () => {
  const spec = specWith({ 'net.ipv4.ip_forward': '1' }, [{ type: 'network' }]);
  expect(setNetworkSysctls(spec, dir)).toBe(spec);
  expect(readFileSync(join(dir, 'net/ipv4/ip_forward'), 'utf8')).toBe('0');
});

test.each([
  ['net.ipv4.no_such_thing', 'no such setting'],
  ['net.//kernel.x', 'is no name'],
  ['net.ipv4/../../kernel/x', 'is no name'],
])('%s is refused', (name, said) => {
  expect(() => setNetworkSysctls(specWith({ [name]: '1' }), dir)).toThrow(said);
});
