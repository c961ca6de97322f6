const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Milliseconds of a duration such as `5s`, `1m30s` or `500ms` (Go's form). Undefined for anything else, and for 0. */
export function parseDurationMs(text: string): number | undefined {
  if (!/^(?:[0-9]+(?:\.[0-9]+)?(?:ms|s|m|h))+$/.test(text)) return undefined;
  let total = 0;
  for (const [, number, unit] of text.matchAll(/([0-9.]+)(ms|s|m|h)/g))
    total += Number(number) * (UNITS[unit ?? ''] ?? 0);
  return total > 0 && total < 2 ** 31 ? total : undefined;
}
