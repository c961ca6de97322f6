import { existsSync } from 'node:fs';
import type { VmmUser } from './vmm-user.ts';

/** What a program needs that must be set between fork and exec, where JavaScript cannot. */
export interface ChildNeeds {
  readonly program: string;
  readonly args: readonly string[];
  /** End it when the thread that starts it ends. */
  readonly dieWithParent: boolean;
  /** In a new, empty network namespace, which takes root. Default false. */
  readonly ownNetwork?: boolean;
  /** Whom it runs as, without capabilities; setpriv makes it so before the program's first instruction. Default: as we do. */
  readonly user?: VmmUser | undefined;
  /** It may lock all its memory, whoever it runs as. Default false. */
  readonly locksMemory?: boolean;
  /** SELinux label that it runs under. Default: that of who starts it. */
  readonly selinuxLabel?: string | undefined;
}

/** Programs of util-linux, which every Debian has; undefined: not there. */
export interface ChildTools {
  readonly setpriv: string | undefined;
  readonly unshare: string | undefined;
  readonly prlimit: string | undefined;
}

export function childTools(): ChildTools {
  const there = (path: string): string | undefined => (existsSync(path) ? path : undefined);
  return {
    setpriv: there('/usr/bin/setpriv'),
    unshare: there('/usr/bin/unshare'),
    prlimit: there('/usr/bin/prlimit'),
  };
}

/**
 * The program and its arguments behind those that set what it needs. Without `dieWithParent` setpriv is left out, which would take a
 * program's argv[0] from it.
 */
export function childWords(needs: ChildNeeds, { setpriv, unshare, prlimit }: ChildTools): string[] {
  const { program, args, selinuxLabel, user } = needs;
  // The last before the program: the label is that of the next program that is executed.
  const label = selinuxLabel === undefined ? [] : ['--selinux-label', selinuxLabel];
  return [
    ...(needs.ownNetwork === true && unshare !== undefined ? [unshare, '--net', '--'] : []),
    ...(needs.locksMemory === true && prlimit !== undefined ? [prlimit, '--memlock=unlimited', '--'] : []),
    ...(needs.dieWithParent && setpriv !== undefined
      ? [setpriv, '--pdeathsig', 'KILL', ...(user === undefined ? [] : userWords(user)), ...label, '--']
      : []),
    program,
    ...args,
  ];
}

/** setpriv's options for a user. A change of user takes the capabilities; those that a program could inherit go too. */
export function userWords({ uid, gid, groups }: VmmUser): string[] {
  return [
    ...['--reuid', String(uid), '--regid', String(gid)],
    ...(groups.length === 0 ? ['--clear-groups'] : ['--groups', groups.join()]),
    '--inh-caps=-all',
  ];
}
