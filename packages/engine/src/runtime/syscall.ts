import { native, type SyscallArgument } from './native.ts';
import { SYS } from './syscall-numbers.ts';

const EINTR = 4;

/** A system call by name: its result, or minus the errno. Done again when a signal interrupts it. */
export function syscall(name: keyof typeof SYS, ...args: readonly SyscallArgument[]): number {
  for (;;) {
    const result = native.syscall(SYS[name], ...args);
    if (result !== -EINTR) return result;
  }
}
