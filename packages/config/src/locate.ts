/** Where a key stands, one-based. */
export interface Place {
  readonly line: number;
  /** Of the key. */
  readonly column: number;
  /** Where its value begins; equal to the key's place for a table header. */
  readonly valueLine: number;
  readonly valueColumn: number;
}

/**
 * Places of all tables and keys of a TOML text that a parser has accepted, by their path as `pathKey` writes it.
 * Members of inline tables and of values are not listed.
 */
export function locate(text: string): Map<string, Place> {
  return new Locator(text).run();
}

/** One string for a path of names; no two paths give the same. */
export function pathKey(path: readonly string[]): string {
  return path.join('\0');
}

class Locator {
  private readonly places = new Map<string, Place>();
  private readonly text: string;
  private offset = 0;
  private line = 1;
  private lineStart = 0;
  private nextBackslash = -1;
  private table: readonly string[] = [];

  constructor(text: string) {
    this.text = text;
  }

  run(): Map<string, Place> {
    while (this.skipBlank()) {
      const line = this.line;
      const column = this.column();
      if (this.text[this.offset] === '[') {
        while (this.text[this.offset] === '[') this.offset++;
        this.table = this.dottedKey();
        const place = { line, column, valueLine: line, valueColumn: column };
        this.noteFirst([], this.table, place);
        this.places.set(pathKey(this.table), place);
        this.skipLine();
      } else {
        const names = this.dottedKey();
        this.offset++;
        this.skipSpaces();
        const place = { line, column, valueLine: this.line, valueColumn: this.column() };
        this.noteFirst(this.table, names, place);
        this.places.set(pathKey([...this.table, ...names]), place);
        this.skipValue();
      }
    }
    return this.places;
  }

  /** The table that a dotted key begins, where nothing has begun it before. */
  private noteFirst(table: readonly string[], [first, ...more]: readonly string[], place: Place): void {
    if (first === undefined || more.length === 0) return;
    const key = pathKey([...table, first]);
    if (!this.places.has(key)) this.places.set(key, place);
  }

  private column(): number {
    return this.offset - this.lineStart + 1;
  }

  /** To the next statement; false at the end. */
  private skipBlank(): boolean {
    for (; this.offset < this.text.length; this.offset++) {
      const character = this.text[this.offset];
      if (character === '\n') this.newLine();
      else if (character === '#') this.toLineEnd();
      else if (character !== ' ' && character !== '\t' && character !== '\r') return true;
    }
    return false;
  }

  private newLine(): void {
    this.line++;
    this.lineStart = this.offset + 1;
  }

  private skipSpaces(): void {
    while (this.text[this.offset] === ' ' || this.text[this.offset] === '\t') this.offset++;
  }

  /** Leaves the offset on the last character before the line's end. */
  private toLineEnd(): void {
    const end = this.text.indexOf('\n', this.offset);
    this.offset = (end === -1 ? this.text.length : end) - 1;
  }

  private skipLine(): void {
    const end = this.text.indexOf('\n', this.offset);
    this.offset = end === -1 ? this.text.length : end;
  }

  /** Names up to `=` or `]`. */
  private dottedKey(): string[] {
    const names: string[] = [];
    for (;;) {
      this.skipSpaces();
      const quote = this.text[this.offset];
      if (quote === '"' || quote === "'") {
        const start = this.offset;
        this.skipString();
        const literal = this.text.slice(start, this.offset);
        names.push(quote === '"' ? unquote(literal) : literal.slice(1, -1));
      } else {
        bareName.lastIndex = this.offset;
        const name = bareName.exec(this.text)?.[0] ?? '';
        this.offset += name.length;
        names.push(name);
      }
      this.skipSpaces();
      if (this.text[this.offset] !== '.') return names;
      this.offset++;
    }
  }

  /** Over a value that may go on over several lines, up to the end of its statement. */
  private skipValue(): void {
    let depth = 0;
    for (; this.offset < this.text.length; this.offset++) {
      switch (this.text[this.offset]) {
        case '"':
        case "'":
          this.skipString();
          this.offset--;
          break;
        case '#':
          this.toLineEnd();
          break;
        case '[':
        case '{':
          depth++;
          break;
        case ']':
        case '}':
          depth--;
          break;
        case '\n':
          if (depth === 0) return;
          this.newLine();
      }
    }
  }

  /** Where the closing mark of a string stands whose text begins at `start`. */
  private endOfString(start: number, mark: string): number {
    const { text } = this;
    let at = start;
    let end = -1;
    for (;;) {
      if (end < at) end = text.indexOf(mark, at);
      if (end === -1) return text.length;
      if (mark.startsWith("'")) return end;
      // A backslash before the mark takes the next character with it.
      const backslash = this.backslashFrom(at);
      if (backslash > end) return end;
      at = backslash + 2;
    }
  }

  /** The first backslash at or behind `at`. Looked for once, however many strings have none. */
  private backslashFrom(at: number): number {
    if (this.nextBackslash < at) {
      const found = this.text.indexOf('\\', at);
      this.nextBackslash = found === -1 ? Number.POSITIVE_INFINITY : found;
    }
    return this.nextBackslash;
  }

  private skipString(): void {
    const quote = this.text[this.offset] ?? '';
    const mark = this.text.startsWith(quote.repeat(3), this.offset) ? quote.repeat(3) : quote;
    const start = this.offset + mark.length;
    const end = this.endOfString(start, mark);
    if (mark.length === 3)
      for (
        let at = this.text.indexOf('\n', start);
        at !== -1 && at < end;
        at = this.text.indexOf('\n', at + 1)
      ) {
        this.offset = at;
        this.newLine();
      }
    this.offset = end + mark.length;
    // A multi-line string may end in up to two more quotes that belong to it.
    while (mark.length === 3 && this.text[this.offset] === quote) this.offset++;
  }
}

/** A name without quotes. */
const bareName = /[\w-]*/y;

function unquote(literal: string): string {
  try {
    return String(JSON.parse(literal));
  } catch {
    return literal.slice(1, -1);
  }
}
