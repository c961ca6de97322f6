/** White space as Go's unicode.IsSpace has it: NEL and NBSP count, zero-width characters and the BOM do not. */
const space = /[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/u;

/** The words of a text, split at Unicode white space as Go's strings.Fields does; no quoting. */
export function fields(text: string): string[] {
  return text.split(space).filter((word) => word !== '');
}
