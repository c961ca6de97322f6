import { syscall } from './syscall.ts';

/**
 * Mends what this version of QuickJS has wrong. (Left: Number(x) of a bigint beyond 2^64 may be off by one unit in its
 * last place.)
 */
export function mendLanguage(): void {
  // Where the bits are a multiple of 64 the engine's own answers a negative number.
  BigInt.asUintN = (bits, value) => value & ((1n << BigInt(bits)) - 1n);
  // The engine's own has one seed for all processes of a program: that of its compilation.
  Math.random = () => {
    const bits = new Uint32Array(2);
    syscall('getrandom', bits, bits.byteLength, 0);
    return ((bits[0] ?? 0) * 2 ** 21 + ((bits[1] ?? 0) >>> 11)) / 2 ** 53;
  };
}
