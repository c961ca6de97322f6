import { qmpError } from './qmp-error.ts';

/**
 * Cuts a byte stream into QMP messages: JSON objects, one per line. A line may not be longer than `maxBytes`; QEMU
 * handles guest data, so its words are not trusted to end.
 */
export class MessageReader {
  readonly #maxBytes: number;
  #parts: Uint8Array[] = [];
  #size = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The messages that `chunk` completes. Throws QmpError `protocol`. */
  *push(chunk: Uint8Array): Generator<Readonly<Record<string, unknown>>> {
    let rest = chunk;
    for (;;) {
      const newline = rest.indexOf(0x0a);
      const part = newline === -1 ? rest : rest.subarray(0, newline);
      this.#size += part.length;
      if (this.#size > this.#maxBytes)
        throw qmpError('protocol', `QEMU sent a message longer than ${this.#maxBytes} bytes`);
      if (part.length > 0) this.#parts.push(part);
      if (newline === -1) return;
      const line = Buffer.concat(this.#parts).toString('utf8').trim();
      this.#parts = [];
      this.#size = 0;
      rest = rest.subarray(newline + 1);
      if (line !== '') yield parse(line);
    }
  }
}

function parse(line: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw qmpError('protocol', 'QEMU sent a line that is not JSON', {}, error);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw qmpError('protocol', 'QEMU sent a message that is not a JSON object');
  return value as Readonly<Record<string, unknown>>;
}
