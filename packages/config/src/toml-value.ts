/** Writes one TOML value on one line: texts, numbers, bigints, booleans, lists and tables of such. */
export function formatTomlValue(value: unknown): string {
  if (typeof value === 'string') return formatTomlText(value);
  if (Array.isArray(value)) return `[${value.map(formatTomlValue).join(', ')}]`;
  if (typeof value === 'object' && value !== null)
    return `{ ${Object.entries(value)
      .map(([name, member]) => `${formatTomlKey(name)} = ${formatTomlValue(member)}`)
      .join(', ')} }`;
  return String(value);
}

function formatTomlKey(name: string): string {
  return /^[\w-]+$/.test(name) ? name : formatTomlText(name);
}

/** A basic string: JSON's escapes are TOML's, but for the delete character. */
function formatTomlText(text: string): string {
  return JSON.stringify(text).replaceAll('\u007f', '\\u007f');
}
