/**
 * Mends what this version of QuickJS has wrong. (Left: Number(x) of a bigint beyond 2^64 may be off by one unit in its
 * last place.)
 */
export function mendLanguage(): void {
  // Where the bits are a multiple of 64 the engine's own answers a negative number.
  BigInt.asUintN = (bits, value) => value & ((1n << BigInt(bits)) - 1n);
}
