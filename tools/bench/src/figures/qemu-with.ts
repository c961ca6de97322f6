import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Path of QEMU in the configuration that a workspace's build finds by itself. */
export function shippedQemu(workspace: string): string {
  const shipped = readFileSync(join(workspace, 'dist/etc/hako/configuration.toml'), 'utf8');
  const qemu = /^path = "(.*)"$/m.exec(shipped)?.[1];
  if (qemu === undefined) throw new Error('the configuration names no QEMU');
  return qemu;
}

/** What a QEMU has more than hako gives it. */
export interface MoreOfQemu {
  /** Further words, as the shell reads them. */
  readonly words: string;
  /** Further options of the emulation, as `,tb-size=16`. */
  readonly tcgOptions?: string;
}

/**
 * Makes a program to be named in place of `qemu`: QEMU with more words where it runs a machine; where it only answers a question it
 * has none.
 */
export function qemuWith(program: string, qemu: string, { words, tcgOptions = '' }: MoreOfQemu): void {
  writeFileSync(
    program,
    `#!/bin/sh
for word; do
  shift
  case $word in tcg | tcg,*) word=$word${tcgOptions} ;; esac
  set -- "$@" "$word"
done
case "$*" in
  *-pidfile*) exec ${qemu} "$@" ${words} ;;
  *) exec ${qemu} "$@" ;;
esac
`,
  );
  chmodSync(program, 0o755);
}
