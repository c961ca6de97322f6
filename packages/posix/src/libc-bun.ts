import type { CArgument, CSignature, CType, LibcBinding } from './libc-binding.ts';

/** The part of `bun:ffi` in use; its own types come only with Bun's type package. */
interface BunFfi {
  dlopen(
    library: string,
    symbols: Record<string, { args: readonly string[]; returns: string }>,
  ): { readonly symbols: Record<string, (...args: CArgument[]) => number> };
  readonly read: { i32(pointer: number, offset: number): number };
}

const bunTypes = { i32: 'i32', u32: 'u32', i64: 'i64_fast', bytes: 'ptr' } as const satisfies Record<
  CType,
  string
>;

/**
 * Binding for Bun, also inside a compiled executable. The module is asked for by name at run time because an
 * import of `bun:ffi` would break Node, Node's bundlers, and Bun's bytecode output (which has no import.meta.require).
 */
export function bunBinding(): LibcBinding {
  const ffi = (process.getBuiltinModule as (name: string) => unknown)('bun:ffi') as BunFfi;
  const open = (symbol: string, args: readonly string[], returns: string) => {
    const call = ffi.dlopen('libc.so.6', { [symbol]: { args, returns } }).symbols[symbol];
    if (call === undefined) throw new Error(`libc.so.6 has no ${symbol}`);
    return call;
  };
  const errnoLocation = open('__errno_location', [], 'ptr');
  return {
    bind(signature: CSignature) {
      return open(
        signature.symbol,
        signature.args.map((type) => bunTypes[type]),
        bunTypes[signature.returns],
      );
    },
    errno: () => ffi.read.i32(errnoLocation(), 0),
  };
}
