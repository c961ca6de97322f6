import { existsSync } from 'node:fs';

/** What a program needs that must be set between fork and exec, where JavaScript cannot. */
export interface ChildNeeds {
  readonly program: string;
  readonly args: readonly string[];
  /** End it when the thread that starts it ends. */
  readonly dieWithParent: boolean;
  /** In a new, empty network namespace, which takes root. Default false. */
  readonly ownNetwork?: boolean;
  /** SELinux label that it runs under. Default: that of who starts it. */
  readonly selinuxLabel?: string | undefined;
}

/** Programs of util-linux, which every Debian has; undefined: not there. */
export interface ChildTools {
  readonly setpriv: string | undefined;
  readonly unshare: string | undefined;
}

export function childTools(): ChildTools {
  const there = (path: string): string | undefined => (existsSync(path) ? path : undefined);
  return { setpriv: there('/usr/bin/setpriv'), unshare: there('/usr/bin/unshare') };
}

/**
 * The program and its arguments behind those that set what it needs. Without `dieWithParent` setpriv is left out, which would take a
 * program's argv[0] from it.
 */
export function childWords(needs: ChildNeeds, { setpriv, unshare }: ChildTools): string[] {
  const { program, args, selinuxLabel } = needs;
  // The last before the program: the label is that of the next program that is executed.
  const label = selinuxLabel === undefined ? [] : ['--selinux-label', selinuxLabel];
  return [
    ...(needs.ownNetwork === true && unshare !== undefined ? [unshare, '--net', '--'] : []),
    ...(needs.dieWithParent && setpriv !== undefined ? [setpriv, '--pdeathsig', 'KILL', ...label, '--'] : []),
    program,
    ...args,
  ];
}
