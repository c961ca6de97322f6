const maxLength = 120;

/** A value for `Problem.value`: strings as they are, other values as JSON, cut to a printable length. */
export function printable(value: unknown): string {
  const whole = typeof value === 'string' ? value : describe(value);
  return whole.length <= maxLength ? whole : `${whole.slice(0, maxLength)}…`;
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? '[]' : `[array of ${value.length}]`;
  if (typeof value === 'object' && value !== null)
    return Object.keys(value).length === 0 ? '{}' : `{object of ${Object.keys(value).length} members}`;
  return String(value);
}
