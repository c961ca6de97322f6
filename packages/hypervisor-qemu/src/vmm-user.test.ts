import type { HypervisorConfig } from '@hako/config';
import { expect, test } from 'vitest';
import { childWords } from './child-words.ts';
import { mayReadAndWrite, type UserFacts, vmmUser } from './vmm-user.ts';

const passwd = 'root:x:0:0:root:/root:/bin/sh\nvmm:x:900:901:,,,:/nonexistent:/usr/sbin/nologin\n';
const facts: UserFacts = {
  isRoot: true,
  passwd: () => passwd,
  kvm: () => ({ uid: 0, gid: 105, mode: 0o20660 }),
  random: () => 5,
};

function userOf(config: Partial<HypervisorConfig> = {}, changes: Partial<UserFacts> = {}) {
  return vmmUser(
    { rootless: true, rootlessUser: null, accelerator: 'auto', ...config },
    { ...facts, ...changes },
  );
}

test('by default it is nobody that the host knows, in the group of KVM alone', () => {
  expect(userOf()).toEqual({ uid: 0x7000_0005, gid: 0x7000_0005, groups: [105] });
  expect(userOf({ accelerator: 'tcg' })).toMatchObject({ groups: [] });
  expect(userOf({}, { kvm: () => undefined })).toMatchObject({ groups: [] });
  // The device of root's group alone: nobody else is put into that.
  expect(userOf({}, { kvm: () => ({ uid: 0, gid: 0, mode: 0o20660 }) })).toMatchObject({ groups: [] });
  expect(userOf({}, { kvm: () => ({ uid: 0, gid: 105, mode: 0o20600 }) })).toMatchObject({ groups: [] });
});

test('it is nobody else where that is not asked for, or hako has no user but its own', () => {
  expect(userOf({ rootless: false })).toBeUndefined();
  expect(userOf({}, { isRoot: false })).toBeUndefined();
});

test('rootless_user says who it is', () => {
  expect(userOf({ rootlessUser: { uid: 70, groups: [1, 2] } })).toEqual({ uid: 70, gid: 70, groups: [1, 2] });
  expect(userOf({ rootlessUser: { userName: 'vmm' } })).toEqual({ uid: 900, gid: 901, groups: [105] });
  expect(userOf({ rootlessUser: { userName: 'vmm', gid: 7, groups: [] } })).toEqual({
    uid: 900,
    gid: 7,
    groups: [],
  });
  // As the Rust runtime has it: the ids count, the name goes with them.
  expect(userOf({ rootlessUser: { uid: 70, userName: 'nobody-here' } })).toMatchObject({ uid: 70 });
});

test.each([
  [{ uid: 0 }, 'uid = 0', 'must not be root'],
  [{ userName: 'root' }, 'uid = 0', 'must not be root'],
  [{ userName: 'nobody-here' }, 'user_name = "nobody-here"', 'is not in /etc/passwd'],
])('%o is refused', (rootlessUser, value, rule) => {
  expect(userOf({ rootlessUser })).toMatchObject({
    problem: { field: 'hypervisor.qemu.rootless_user', severity: 'error', value, rule },
  });
});

test('of the bits of a mode those of the closest class decide', () => {
  const user = { uid: 70, gid: 71, groups: [105] };
  const file = { uid: 0, gid: 0, mode: 0o666 };
  expect(mayReadAndWrite(user, file)).toBe(true);
  expect(mayReadAndWrite(user, { ...file, mode: 0o660 })).toBe(false);
  expect(mayReadAndWrite(user, { ...file, mode: 0o660, gid: 105 })).toBe(true);
  expect(mayReadAndWrite(user, { ...file, mode: 0o660, gid: 71 })).toBe(true);
  expect(mayReadAndWrite(user, { ...file, mode: 0o646, gid: 105 })).toBe(false);
  expect(mayReadAndWrite(user, { ...file, mode: 0o600, uid: 70 })).toBe(true);
});

test('setpriv makes the user before the program begins, and the limit of locked memory is lifted before that', () => {
  const tools = { setpriv: '/setpriv', unshare: '/unshare', prlimit: '/prlimit' };
  const needs = { program: '/qemu', args: ['-x'], dieWithParent: true, ownNetwork: true, locksMemory: true };
  const user = { uid: 70, gid: 71, groups: [105, 106] };
  expect(childWords({ ...needs, user, selinuxLabel: 'a:b' }, tools)).toEqual([
    ...['/unshare', '--net', '--', '/prlimit', '--memlock=unlimited', '--'],
    ...['/setpriv', '--pdeathsig', 'KILL', '--reuid', '70', '--regid', '71', '--groups', '105,106'],
    ...['--inh-caps=-all', '--selinux-label', 'a:b', '--', '/qemu', '-x'],
  ]);
  expect(childWords({ ...needs, user: { ...user, groups: [] } }, tools)).toContain('--clear-groups');
});
