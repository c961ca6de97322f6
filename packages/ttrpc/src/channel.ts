/**
 * A connected byte stream, as little of it as ttRPC needs. Most users hand over a node:stream Duplex, which
 * streamChannel turns into one; a character device, which Node's streams refuse, implements this directly.
 *
 * States: made, open (after `open`), closed (after the listener's `closed`, which comes exactly once).
 */
export interface Channel {
  /** Starts reading. Called once. Nothing is told to the listener before this returns. */
  open(listener: ChannelListener): void;
  /**
   * Sends bytes in the order of the calls, as one piece where the transport has pieces. Takes the bytes over.
   * False: the channel has enough; it still takes more, but a well-behaved writer waits for `drain`.
   * Does nothing once closed.
   */
  write(bytes: Uint8Array): boolean;
  /**
   * Sends bytes, and behind them those of a body: for a channel that can send what is not in its process's memory.
   * Default: bodies are taken into memory and written.
   */
  writeWithBody?(bytes: Uint8Array, body: ChannelBody): boolean;
  /** Stops reading, as far as the transport can, until `resume`. */
  pause(): void;
  resume(): void;
  /** Sends what is written, then closes. */
  end(): void;
  /** Closes at once. */
  destroy(): void;
}

/**
 * Bytes that are elsewhere, such as in a pipe. Exactly one of `bytes` and `drop` is called, or a channel that knows the
 * class moves them.
 */
export interface ChannelBody {
  readonly lengthBytes: number;
  /** Takes them into memory. */
  bytes(): Uint8Array;
  /** Nobody wants them: they stay where they are. */
  drop(): void;
}

/** What a channel tells its user. */
export interface ChannelListener {
  /** Bytes arrived; the channel must not touch them again. */
  data(bytes: Uint8Array): void;
  /** The channel can take more, after `write` answered false. */
  drain(): void;
  /** The end, from either side, also after `end` and `destroy`; `cause` where it was an error. */
  closed(cause?: Error): void;
}
