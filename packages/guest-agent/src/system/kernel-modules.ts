import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { AgentError } from '../agent-error.ts';
import { errno, type Libc } from './libc.ts';

const noParameters = new Uint8Array(1);

/** Those that hako's guest has in its root; the others are in its image. */
export const rootModulesDir = '/lib/root-modules';

/** Where the modules of the running kernel are everywhere. */
export function kernelModulesDir(): string {
  return `/lib/modules/${readFileSync('/proc/sys/kernel/osrelease', 'latin1').trim()}`;
}

/**
 * Loads modules with what they need, without a program: modprobe's start costs an emulated machine more than the loading.
 * False, and nothing done, where that cannot be (no index in the folder, unknown name, compressed files). Throws
 * AgentError `internal` when the kernel refuses one.
 */
export function loadModuleFiles(libc: Libc, dir: string, names: readonly string[]): boolean {
  let index: string;
  try {
    index = `\n${readFileSync(`${dir}/modules.dep`, 'latin1')}`;
  } catch {
    return false;
  }
  const files: string[] = [];
  for (const name of names) {
    const found = filesOf(index, name);
    if (found === undefined) return false;
    for (const file of found) if (!files.includes(file)) files.push(file);
  }
  for (const file of files) {
    if (!existsSync(`/sys/module/${basename(file, '.ko')}`)) loadFile(libc, `${dir}/${file}`);
  }
  return true;
}

/** Files in load order: `name.ko: direct.ko indirect.ko` is read from its end. */
function filesOf(index: string, name: string): string[] | undefined {
  const at = index.indexOf(`${name}.ko:`);
  const before = index[at - 1];
  if (at === -1 || (before !== '\n' && before !== '/')) return undefined;
  const line = index.slice(index.lastIndexOf('\n', at) + 1, index.indexOf('\n', at));
  return line.replace(':', '').split(' ').reverse();
}

function loadFile(libc: Libc, path: string): void {
  const fd = openSync(path, 'r');
  try {
    const result = libc.finitModule(fd, noParameters);
    if (result < 0 && result !== -errno.EEXIST) {
      throw new AgentError('internal', `kernel module ${path} could not be loaded: errno ${-result}`);
    }
  } finally {
    closeSync(fd);
  }
}
