import type { ChannelBody } from './channel.ts';
import { fieldStart } from './frame.ts';

/**
 * What a handler may answer in place of a message: the encoded message, of which the last bytes are elsewhere. A channel
 * that can sends them from there.
 */
export class EncodedAnswer {
  /** The message up to `body`. */
  readonly start: Uint8Array;
  readonly body: ChannelBody;

  constructor(start: Uint8Array, body: ChannelBody) {
    this.start = start;
    this.body = body;
  }

  /** A message of one delimited field, with tag byte `tag`, whose content is the body. */
  static ofField(tag: number, body: ChannelBody): EncodedAnswer {
    return new EncodedAnswer(fieldStart(tag, body.lengthBytes), body);
  }

  get lengthBytes(): number {
    return this.start.length + this.body.lengthBytes;
  }

  /** The whole message, in memory. */
  bytes(): Uint8Array {
    const whole = new Uint8Array(this.lengthBytes);
    whole.set(this.start);
    whole.set(this.body.bytes(), this.start.length);
    return whole;
  }
}
