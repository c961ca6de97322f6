import { randomInt } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import type { HypervisorConfig } from '@hako/config';
import type { Problem } from '@hako/errors';
import { hostProblem } from './value-check.ts';

/** The user that QEMU runs as with `rootless`; it has no capabilities. */
export interface VmmUser {
  readonly uid: number;
  readonly gid: number;
  /** Supplementary groups. */
  readonly groups: readonly number[];
}

type UserConfig = Pick<HypervisorConfig, 'rootless' | 'rootlessUser' | 'accelerator'>;

/** What the host says; tests hand in their own. */
export interface UserFacts {
  readonly isRoot: boolean;
  /** The host's accounts, as /etc/passwd has them. */
  readonly passwd: () => string;
  /** Owner, group and mode of /dev/kvm; undefined: there is none. */
  readonly kvm: () => FileRights | undefined;
  /** A number below `limit`. */
  readonly random: (limit: number) => number;
}

export interface FileRights {
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
}

const hostFacts: UserFacts = {
  isRoot: process.geteuid?.() === 0,
  passwd: () => readFileSync('/etc/passwd', 'utf8'),
  kvm: () => statSync('/dev/kvm', { throwIfNoEntry: false }),
  random: randomInt,
};

/**
 * A range of ids that nobody gives to anybody (systemd's table of them calls it unused), so that a machine shares its id with no
 * account, no container and, but for one chance in 134 million, no other machine: processes of one id can signal and trace each other.
 */
const firstId = 0x7000_0000;
const ids = 0x0800_0000;

/** Who QEMU runs as; undefined: as we do, since that is not asked for, or we are no root ourselves. */
export function vmmUser(
  config: UserConfig,
  facts: UserFacts = hostFacts,
): VmmUser | { readonly problem: Problem } | undefined {
  if (!config.rootless || !facts.isRoot) return undefined;
  const { uid, gid, groups, userName } = config.rootlessUser ?? {};
  const account =
    uid === undefined && userName !== undefined ? accountOf(userName, facts.passwd()) : undefined;
  if (uid === undefined && userName !== undefined && account === undefined)
    return userProblem(`user_name = "${userName}"`, 'is not in /etc/passwd', 'make that user, or set uid');
  const own = uid ?? account?.uid ?? firstId + facts.random(ids);
  if (own === 0) return userProblem('uid = 0', 'must not be root', 'leave it out for a random user');
  return { uid: own, gid: gid ?? account?.gid ?? own, groups: groups ?? kvmGroup(config, facts) };
}

function userProblem(value: string, rule: string, fix: string): { readonly problem: Problem } {
  return { problem: hostProblem('rootless_user', value, rule, fix) };
}

function accountOf(name: string, passwd: string): { uid: number; gid: number } | undefined {
  for (const line of passwd.split('\n')) {
    const [found, , uid = '', gid = ''] = line.split(':');
    if (found === name && /^\d+$/.test(uid) && /^\d+$/.test(gid))
      return { uid: Number(uid), gid: Number(gid) };
  }
  return undefined;
}

/** The group that may use /dev/kvm, as Kata gives it; nobody else's. */
function kvmGroup({ accelerator }: UserConfig, facts: UserFacts): readonly number[] {
  if (accelerator === 'tcg') return [];
  const kvm = facts.kvm();
  return kvm !== undefined && (kvm.mode & 0o060) === 0o060 && kvm.gid !== 0 ? [kvm.gid] : [];
}

/** True when the bits of a file's mode let `user` read and write it. */
export function mayReadAndWrite({ uid, gid, groups }: VmmUser, file: FileRights): boolean {
  const shift = file.uid === uid ? 6 : file.gid === gid || groups.includes(file.gid) ? 3 : 0;
  return ((file.mode >> shift) & 0o6) === 0o6;
}
