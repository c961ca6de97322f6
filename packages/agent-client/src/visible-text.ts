/** Longest text of the guest that goes into an error message, in characters. */
const maxMessageCharacters = 1024;

// Controls, format characters (which turn, join or hide their surroundings), line breaks, lone surrogates.
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/**
 * Text that came from the guest, safe to print: control characters and characters that turn or hide their surroundings
 * are written as `\u{7}`, and what is longer than `maxCharacters` is cut, saying so.
 */
export function visibleText(text: string, maxCharacters: number = maxMessageCharacters): string {
  const cut = text.length > maxCharacters;
  const shown = (cut ? text.slice(0, maxCharacters) : text).replace(
    unseen,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
  return cut ? `${shown}... (${text.length - maxCharacters} characters more)` : shown;
}
