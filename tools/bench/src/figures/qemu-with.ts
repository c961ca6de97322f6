import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Path of QEMU in the configuration that a workspace's build finds by itself. */
export function shippedQemu(workspace: string): string {
  const shipped = readFileSync(join(workspace, 'dist/etc/hako/configuration.toml'), 'utf8');
  const qemu = /^path = "(.*)"$/m.exec(shipped)?.[1];
  if (qemu === undefined) throw new Error('the configuration names no QEMU');
  return qemu;
}

/**
 * Makes a program to be named in place of `qemu`: QEMU with more words, as the shell reads them, where it runs a machine; where it only
 * answers a question it has none.
 */
export function qemuWith(program: string, qemu: string, words: string): void {
  writeFileSync(
    program,
    `#!/bin/sh
case "$*" in
  *-pidfile*) exec ${qemu} "$@" ${words} ;;
  *) exec ${qemu} "$@" ;;
esac
`,
  );
  chmodSync(program, 0o755);
}
