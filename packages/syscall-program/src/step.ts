import type { SyscallName } from './syscall-number.ts';

/**
 * One argument of a system call.
 *
 * - a number: that value (negative ones as in C, e.g. -1);
 * - a string: address of it, as a NUL-terminated UTF-8 string;
 * - bytes: address of a writable copy of them;
 * - `strings`: address of a NULL-terminated array of pointers to them (argv, envp);
 * - `value`: what a variable holds;
 * - `address`: address of a variable's memory, for calls that fill it in;
 * - `own`: what the program itself was started with: address of its argv.
 */
export type Argument =
  | number
  | string
  | Uint8Array
  | { readonly strings: readonly string[] }
  | { readonly value: string; readonly offset?: number; readonly size?: 4 | 8 }
  | { readonly address: string }
  | { readonly own: 'arguments' };

/** One step of a program, run in order. Variables are made by naming them in `result` or in `variable`. */
export type Step =
  /**
   * A system call. A result of -1 to -4095 is a failure (the negated errno).
   * `onError`: `fail` (default) ends the program through its failure path, `ignore` goes on, `goto` jumps.
   */
  | {
      readonly call: SyscallName;
      readonly args: readonly Argument[];
      /** Variable of 8 bytes that receives the raw result. */
      readonly result?: string;
      readonly onError?: 'fail' | 'ignore' | { readonly goto: string };
      /** What the step does, for the failure's message: `mount /proc`. */
      readonly what?: string;
    }
  /** Memory of its own, zeroed or with the given content at first. */
  | { readonly variable: string; readonly bytes: number | Uint8Array }
  /** A place to jump to. */
  | { readonly label: string }
  | { readonly goto: string }
  /** Jumps when two 4-byte values are equal; `value` may be a number. */
  | {
      readonly ifEqual: readonly [
        { readonly value: string; readonly offset?: number },
        number | { readonly value: string; readonly offset?: number },
      ];
      readonly goto: string;
    };
