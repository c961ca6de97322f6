import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { VmConfig } from '@hako/hypervisor';
import { qemuError } from '../qemu-error.ts';

/** coreutils: it makes the copy by reference where the file system can, and leaves holes where the file has some. */
const cp = '/bin/cp';

/**
 * True for a copy of a template that cannot share the template's memory: a process beside QEMU maps it, or QEMU takes freed pages out
 * of the file that it is in (ram_block_discard_range does so even where the mapping is private).
 */
export function ownsMemory({
  template,
  shares,
  hypervisor,
}: Pick<VmConfig, 'template' | 'shares' | 'hypervisor'>): boolean {
  if (template?.role !== 'clone') return false;
  return hypervisor.reclaimGuestFreedMemory || shares.some(({ transport }) => transport === 'virtio-fs');
}

/** File with the memory of such a machine; it has a name only until QEMU has opened it. */
export function ownMemoryFile(runtimeDir: string): string {
  return join(runtimeDir, 'memory');
}

/** Makes it. @throws QemuError `template-failed` */
export async function copyMemory(runtimeDir: string, templateMemory: string): Promise<void> {
  const target = ownMemoryFile(runtimeDir);
  const args = ['--reflink=auto', '--sparse=auto', '--no-dereference', '--', templateMemory, target];
  const child = spawn(cp, args, { stdio: ['ignore', 'ignore', 'pipe'], env: { LC_ALL: 'C' } });
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-500);
  });
  const [exitCode] = (await once(child, 'close')) as [number | null];
  if (exitCode === 0) return;
  throw qemuError('template-failed', `the memory of the template cannot be copied: ${words.trim()}`, {
    exitCode,
  });
}
