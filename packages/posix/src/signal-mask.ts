/** The kernel's sigset_t, 8 bytes: a bit for each signal (numbers from 1 to 64), the lowest for signal 1. */
export function signalMask(numbers: readonly number[]): Uint8Array {
  const bits = numbers.reduce((mask, number) => mask | (1n << BigInt(number - 1)), 0n);
  return new Uint8Array(BigUint64Array.of(bits).buffer);
}
