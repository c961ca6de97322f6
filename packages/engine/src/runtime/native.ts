/** An argument of a system call; a text becomes a NUL-terminated UTF-8 string, memory its address, nothing a 0. */
export type SyscallArgument = number | bigint | string | ArrayBufferLike | ArrayBufferView | null | undefined;

/** What engine.c gives to the program. */
export interface Native {
  /** A system call: its result, or minus the errno. Throws TypeError for a text that holds a NUL. */
  syscall(number: number, ...args: readonly SyscallArgument[]): number;
  /**
   * Starts a file as a child with these descriptors, which must be above 2, as its first three: its pid, or minus the
   * errno.
   */
  spawn(
    file: string,
    args: readonly string[],
    environment: readonly string[],
    stdin: number,
    stdout: number,
    stderr: number,
  ): number;
  /** Where memory lies, for structures that hold pointers; valid as long as the caller keeps the memory. */
  address(memory: ArrayBufferLike | ArrayBufferView): number;
  /** UTF-8 of a text; a lone surrogate becomes three bytes that are no UTF-8. */
  encode(text: string): ArrayBuffer;
  /** Text of UTF-8; what is none becomes U+FFFD. */
  decode(bytes: Uint8Array): string;
  /** Runs promise reactions until there are none. Throws what one of them throws. */
  runJobs(): void;
  /** Told when a promise is rejected with no handler, and again (`handled`) when it gets one. */
  onRejection(listener: (promise: object, reason: unknown, handled: boolean) => void): void;
  /** From here on of the process that runs: not there while modules that the program imports are evaluated. */
  readonly args: readonly string[];
  /** As `NAME=value`. */
  readonly environment: readonly string[];
  /** Evaluates the program's first module. */
  readonly program: () => void;
  /** Called when the process begins; answers the exit status. */
  run: () => number;
}

export const native: Native = (globalThis as unknown as { readonly native: Native }).native;
