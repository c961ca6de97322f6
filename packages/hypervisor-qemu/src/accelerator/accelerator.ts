import { programVersion } from '../program-version.ts';

/** How vCPUs are emulated. `tcg-single`: all of them in turn by one thread (see `emulation`). */
export type Emulation = 'tcg' | 'tcg-single';

/** How a machine's vCPUs run. */
export type Accelerator = 'kvm' | Emulation;

/** The two that QEMU's users know. */
export function acceleratorName(accelerator: Accelerator): 'kvm' | 'tcg' {
  return accelerator === 'kvm' ? 'kvm' : 'tcg';
}

/** `[8, 1]` of a `--version` text, or undefined. */
export function parseQemuVersion(text: string): readonly [number, number] | undefined {
  const found = /^QEMU emulator version (\d{1,3})\.(\d{1,3})/m.exec(text);
  return found === null ? undefined : [Number(found[1]), Number(found[2])];
}

/**
 * Software emulation as this QEMU can do it. Before 8.1 one vCPU could translate code that another was writing, and QEMU
 * kept the half-written translation: Linux patches its own code while it runs (int3 first, then the rest), and about one guest in 200
 * with two vCPUs then took that breakpoint for ever. (Mended by QEMU's "Always lock pages before translation", July
 * 2023.) One thread for all vCPUs cannot race. A QEMU whose version cannot be known is taken for a newer one.
 */
export async function emulation(program: string): Promise<Emulation> {
  const version = parseQemuVersion(await programVersion(program).catch(() => ''));
  if (version === undefined) return 'tcg';
  const [major, minor] = version;
  return major < 8 || (major === 8 && minor < 1) ? 'tcg-single' : 'tcg';
}
