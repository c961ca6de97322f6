const shortEscapes: ReadonlyMap<string, string> = new Map([
  ['"', '\\"'],
  ['\\', '\\\\'],
  ['\u0007', '\\a'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\v', '\\v'],
]);

/** Letters, marks, numbers, punctuation, symbols and the plain space; nothing that hides or reorders text. */
const visible = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

/**
 * A text between double quotes with everything that cannot be seen written as an escape, so that text from outside
 * can neither move the cursor nor pose as other text in a terminal or log. Same form as Go's strconv.Quote.
 */
export function quote(text: string): string {
  let result = '"';
  for (const character of text)
    result += shortEscapes.get(character) ?? (visible.test(character) ? character : codeEscape(character));
  return `${result}"`;
}

function codeEscape(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  // Half of a surrogate pair is no character; it becomes the replacement character, as in Go.
  if (code >= 0xd800 && code <= 0xdfff) return '\ufffd';
  if (code < 0x80) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code <= 0xffff
    ? `\\u${code.toString(16).padStart(4, '0')}`
    : `\\U${code.toString(16).padStart(8, '0')}`;
}
