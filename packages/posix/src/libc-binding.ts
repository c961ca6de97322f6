/** How one argument or a result crosses into C. `bytes` is a pointer to the array's memory, or NULL. */
export type CType = 'i32' | 'u32' | 'i64' | 'bytes';

export interface CSignature {
  readonly symbol: string;
  readonly returns: 'i32' | 'i64';
  readonly args: readonly CType[];
}

export type CArgument = number | Uint8Array | null;

/** What a JavaScript engine must offer: calls into the C library, and the errno of the call just made. */
export interface LibcBinding {
  bind(signature: CSignature): (...args: CArgument[]) => number;
  /** Valid only straight after a call that returned -1. */
  errno(): number;
}
