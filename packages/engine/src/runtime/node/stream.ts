/**
 * Only a type, for signatures that also take Node's streams: programs here have none, so nobody makes one. With the
 * members that code on the way to a program names.
 */
export interface Duplex {
  readonly destroyed: boolean;
  readonly readableEnded: boolean;
  readonly writableEnded: boolean;
  readonly errored: Error | null;
  on<Value>(event: string, listener: (value: Value) => void): this;
  once<Value>(event: string, listener: (value: Value) => void): this;
  pipe(target: Duplex): Duplex;
  pause(): this;
  resume(): this;
  write(bytes: Uint8Array): boolean;
  end(done: () => void): this;
  destroy(): this;
}
