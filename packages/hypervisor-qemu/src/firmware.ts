import { constants } from 'node:fs';
import { access, open, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { HypervisorConfig } from '@hako/config';

const elfMagic = Buffer.from([0x7f, 0x45, 0x4c, 0x46]);

/**
 * True when `kernel` is an ELF file (vmlinux), which QEMU enters by PVH, rather than a bzImage or nothing that can be
 * read: that is for whoever checks the host, or for QEMU, to tell.
 */
async function isElf(kernel: string): Promise<boolean> {
  try {
    await using file = await open(kernel, 'r');
    const head = Buffer.alloc(elfMagic.length);
    await file.read(head, 0, head.length, 0);
    return head.equals(elfMagic);
  } catch {
    return false;
  }
}

/**
 * The `-bios` value: what the configuration names; else qboot, where this QEMU brings it and the kernel can be entered by PVH:
 * it does no more than such a kernel needs, which saves some 40 ms; else undefined, QEMU's default (SeaBIOS).
 */
export async function chooseFirmware({
  firmware,
  kernel,
  path,
}: Pick<HypervisorConfig, 'firmware' | 'kernel' | 'path'>): Promise<string | undefined> {
  if (firmware !== '') return firmware;
  if (!(await isElf(kernel))) return undefined;
  // QEMU looks below its own prefix; then in the place where distributions put shared data.
  const prefix = dirname(dirname(await realpath(path).catch(() => path)));
  for (const dir of new Set([join(prefix, 'share/qemu'), '/usr/share/qemu'])) {
    const qboot = join(dir, 'qboot.rom');
    if (await isReadable(qboot)) return qboot;
  }
  return undefined;
}

async function isReadable(path: string): Promise<boolean> {
  try {
    await access(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
