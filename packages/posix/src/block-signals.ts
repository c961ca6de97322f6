import { callLibc } from './libc.ts';
import { signalMask } from './signal-mask.ts';

const SIG_BLOCK = 0;
/** Of a sigset_t of glibc; the kernel looks at its first eight. */
const MASK_BYTES = 128;

/**
 * Lets signals wait from now on (sigprocmask(2)): they come to a program that this process becomes, if that asks for them.
 * Of this process's threads only the calling one does so; what another takes meanwhile goes to its listeners, as before.
 *
 * @param numbers of signals, from 1 to 64
 */
export function blockSignals(numbers: readonly number[]): void {
  const mask = Buffer.alloc(MASK_BYTES);
  mask.set(signalMask(numbers));
  callLibc('sigprocmask', [SIG_BLOCK, mask, null]);
}
