/**
 * A JSON reader that keeps what `JSON.parse` loses: exact whole numbers (bigints beyond 2^53 - 1), repeated
 * member names, and the place of a mistake. RFC 8259. It is some ten times slower than `JSON.parse`, so
 * `parseJson` calls it only where it is needed.
 */
export class JsonScanner {
  private readonly text: string;
  private readonly maxDepth: number;
  private offset = 0;
  /** Places of repeated member names, first ones first; at most 100. */
  readonly duplicates: JsonDuplicate[] = [];

  constructor(text: string, maxDepth: number) {
    this.text = text;
    this.maxDepth = maxDepth;
  }

  /** The document's value. Throws `JsonSyntaxError`. */
  read(): unknown {
    this.space();
    const value = this.value(0);
    this.space();
    if (this.offset < this.text.length) this.fail('must end after the first value');
    return value;
  }

  private value(depth: number): unknown {
    switch (this.text[this.offset]) {
      case '{':
        return this.object(depth);
      case '[':
        return this.array(depth);
      case '"':
        return this.string();
      case 't':
        return this.word('true', true);
      case 'f':
        return this.word('false', false);
      case 'n':
        return this.word('null', null);
      default:
        return this.number();
    }
  }

  private object(depth: number): Record<string, unknown> {
    this.enter(depth);
    const result: Record<string, unknown> = {};
    this.space();
    if (this.take('}')) return result;
    do {
      this.space();
      const start = this.offset;
      if (this.text[start] !== '"') this.fail('must have a member name in double quotes here');
      const name = this.string();
      this.space();
      if (!this.take(':')) this.fail('must have a colon after the member name');
      this.space();
      if (Object.hasOwn(result, name) && this.duplicates.length < 100)
        this.duplicates.push({ name, offset: start });
      const value = this.value(depth + 1);
      if (name === '__proto__')
        Object.defineProperty(result, name, { value, writable: true, enumerable: true, configurable: true });
      else result[name] = value;
      this.space();
    } while (this.take(','));
    if (!this.take('}')) this.fail('must have a comma or } here');
    return result;
  }

  private array(depth: number): unknown[] {
    this.enter(depth);
    const result: unknown[] = [];
    this.space();
    if (this.take(']')) return result;
    do {
      this.space();
      result.push(this.value(depth + 1));
      this.space();
    } while (this.take(','));
    if (!this.take(']')) this.fail('must have a comma or ] here');
    return result;
  }

  private enter(depth: number): void {
    if (depth >= this.maxDepth) this.fail(`must not be nested deeper than ${this.maxDepth} levels`);
    this.offset++;
  }

  private string(): string {
    const start = this.offset;
    let end = start + 1;
    for (; ; end++) {
      const code = this.text.charCodeAt(end);
      if (code === 0x22) break;
      if (code === 0x5c) end++;
      else if (!(code >= 0x20)) {
        this.offset = Math.min(end, this.text.length);
        this.fail(
          this.offset === this.text.length
            ? 'must close the string before the end of the text'
            : 'must write control characters in strings as \\u escapes',
        );
      }
    }
    this.offset = end + 1;
    const literal = this.text.slice(start, this.offset);
    if (!literal.includes('\\')) return literal.slice(1, -1);
    try {
      return String(JSON.parse(literal));
    } catch {
      this.offset = start;
      return this.fail('must use only the escapes of JSON in strings');
    }
  }

  private number(): number | bigint {
    numberPattern.lastIndex = this.offset;
    const literal = numberPattern.exec(this.text)?.[0];
    if (literal === undefined)
      return this.fail(
        this.offset < this.text.length ? 'must have a value here' : 'must not end before the value',
      );
    this.offset += literal.length;
    const value = Number(literal);
    if (!/^-?\d+$/.test(literal) || Number.isSafeInteger(value)) return value;
    if (literal.length > 64) this.fail('must not have a number of more than 64 digits');
    return BigInt(literal);
  }

  private word<T>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.offset)) this.fail('must have a value here');
    this.offset += word.length;
    return value;
  }

  private space(): void {
    while (spaceCodes.has(this.text.charCodeAt(this.offset))) this.offset++;
  }

  private take(character: string): boolean {
    if (this.text[this.offset] !== character) return false;
    this.offset++;
    return true;
  }

  private fail(rule: string): never {
    throw new JsonSyntaxError(rule, this.offset);
  }
}

export interface JsonDuplicate {
  readonly name: string;
  /** Of the second of the two names, in UTF-16 units from the start of the text. */
  readonly offset: number;
}

/** Where and why a text is no JSON. Inside the package only; users see an `OciSpecError`. */
export class JsonSyntaxError extends Error {
  readonly offset: number;

  constructor(rule: string, offset: number) {
    super(rule);
    this.offset = offset;
  }
}

const numberPattern = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const spaceCodes = new Set([0x20, 0x09, 0x0a, 0x0d]);
