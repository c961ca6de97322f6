const POWERS = ['', 'k', 'm', 'g', 't', 'p'];
const FORM = /^([0-9]{1,19})(?:\.([0-9]{1,6}))? ?(?:([kmgtp])(?:i?b)?|b)?$/i;

/**
 * Bytes of a size with an optional unit, as runc and Kata take it: `64m`, `1.5 GiB`, `1024`, and -1 for no limit. Units
 * are powers of 1024. Undefined for anything else.
 */
export function parseByteSize(text: string): bigint | undefined {
  if (text === '-1') return -1n;
  const match = FORM.exec(text);
  if (match === null) return undefined;
  const [, whole = '', fraction = '', unit = ''] = match;
  const factor = 1024n ** BigInt(POWERS.indexOf(unit.toLowerCase()));
  const size = BigInt(whole) * factor + (BigInt(`${fraction}000000`.slice(0, 6)) * factor) / 1_000_000n;
  return size < 2n ** 63n ? size : undefined;
}
