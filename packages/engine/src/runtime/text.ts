import { native } from './native.ts';

/** TextEncoder of the Encoding Standard. */
export class TextEncoder {
  readonly encoding = 'utf-8';

  encode(text = ''): Uint8Array<ArrayBuffer> {
    return new Uint8Array(native.encode(text.toWellFormed()));
  }

  encodeInto(text: string, into: Uint8Array): { read: number; written: number } {
    const bytes = this.encode(text);
    if (bytes.length <= into.length) {
      into.set(bytes);
      return { read: text.length, written: bytes.length };
    }
    let end = into.length;
    // Not in the middle of a character.
    while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
    into.set(bytes.subarray(0, end));
    return { read: native.decode(bytes.subarray(0, end)).length, written: end };
  }
}

/** TextDecoder of the Encoding Standard, for UTF-8 in one piece. */
export class TextDecoder {
  readonly encoding = 'utf-8';
  readonly fatal: boolean;
  readonly ignoreBOM: boolean;

  /** @throws RangeError for another encoding */
  constructor(label = 'utf-8', options: { readonly fatal?: boolean; readonly ignoreBOM?: boolean } = {}) {
    if (!/^utf-?8$/i.test(label)) throw new RangeError(`The "${label}" encoding is not supported`);
    this.fatal = options.fatal ?? false;
    this.ignoreBOM = options.ignoreBOM ?? false;
  }

  decode(bytes: Uint8Array = new Uint8Array(0)): string {
    let text = native.decode(bytes);
    // Either says that the bytes may be no UTF-8, of which the engine's own reading is not the standard's.
    if (text.includes('\ufffd') || !text.isWellFormed()) text = decodeByTheBook(bytes, this.fatal);
    return !this.ignoreBOM && text.startsWith('\ufeff') ? text.slice(1) : text;
  }
}

/** Least second byte after some first bytes, and the greatest after others; 0x80 and 0xbf after the rest. */
const leastSecond: Readonly<Record<number, number>> = { 224: 0xa0, 240: 0x90 };
const greatestSecond: Readonly<Record<number, number>> = { 237: 0x9f, 244: 0x8f };

/** The decoder of the Encoding Standard, section 8.1.1. */
function decodeByTheBook(bytes: Uint8Array, fatal: boolean): string {
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at++] ?? 0;
    const more =
      first < 0x80 ? 0 : first < 0xc2 ? -1 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : first < 0xf5 ? 3 : -1;
    let point = more <= 0 ? first : first & (0x3f >> more);
    let missing = more;
    let least = leastSecond[first] ?? 0x80;
    let greatest = greatestSecond[first] ?? 0xbf;
    for (; missing > 0; missing--) {
      const next = bytes[at];
      if (next === undefined || next < least || next > greatest) break;
      point = (point << 6) | (next & 0x3f);
      [least, greatest] = [0x80, 0xbf];
      at++;
    }
    if (missing === 0) text += String.fromCodePoint(point);
    else if (fatal) throw new TypeError('The encoded data was not valid for encoding utf-8');
    else text += '\ufffd';
  }
  return text;
}
