import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { childWords } from './child-words.ts';
import { underLabel } from './selinux.ts';

const label = 'system_u:system_r:container_kvm_t:s0:c1,c2';
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'hako-selinux-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

test('a label is there while a process is started, and gone after it, also where that fails', () => {
  const attribute = join(dir, 'exec');
  const now = (): string => readFileSync(attribute, 'utf8');
  expect(underLabel(label, now, attribute)).toBe(label);
  expect(now()).toBe('\n');
  const failing = (): never => {
    throw new Error(now());
  };
  expect(() => underLabel(label, failing, attribute)).toThrow(label);
  expect(now()).toBe('\n');
});

test('the program itself gets the label, not what is in front of it', () => {
  const words = childWords(
    { program: '/qemu', args: ['-S'], dieWithParent: true, ownNetwork: true, selinuxLabel: label },
    { setpriv: '/setpriv', unshare: '/unshare', prlimit: undefined },
  );
  expect(words).toEqual([
    ...['/unshare', '--net', '--'],
    ...['/setpriv', '--pdeathsig', 'KILL', '--selinux-label', label, '--'],
    ...['/qemu', '-S'],
  ]);
});

test('a program that needs nothing in front of it has nothing', () => {
  const plain = { program: '/p', args: ['a'] };
  const tools = { setpriv: '/setpriv', unshare: '/unshare', prlimit: undefined };
  expect(childWords({ ...plain, dieWithParent: false, selinuxLabel: label }, tools)).toEqual(['/p', 'a']);
  const none = { setpriv: undefined, unshare: undefined, prlimit: undefined };
  expect(childWords({ ...plain, dieWithParent: true, ownNetwork: true }, none)).toEqual(['/p', 'a']);
});
