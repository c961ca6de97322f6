import type { Channel, ChannelListener } from '@hako/ttrpc';

/** The part of Bun's sockets in use; its types come only with Bun's type package. */
interface BunSocket {
  /** Bytes that were taken; -1 once closed. */
  write(bytes: Uint8Array): number;
  pause(): void;
  resume(): void;
  end(): void;
  terminate(): void;
}
interface BunSocketHandlers {
  open(socket: BunSocket): void;
  data(socket: BunSocket, bytes: Uint8Array): void;
  drain(socket: BunSocket): void;
  close(socket: BunSocket, error?: Error): void;
  error(socket: BunSocket, error: Error): void;
}
interface BunNet {
  connect(options: { unix: string; socket: BunSocketHandlers }): Promise<BunSocket>;
}

/**
 * Connects to a Unix socket through Bun itself: `node:net` alone takes a short command as long to load as its whole
 * work. Rejects with an error that has Node's `code` (ENOENT, ECONNREFUSED).
 */
export async function connectBunChannel(path: string): Promise<Channel> {
  const channel = new BunSocketChannel();
  const { Bun } = globalThis as unknown as { Bun: BunNet };
  channel.socket = await Bun.connect({
    unix: path,
    socket: {
      open: () => {},
      data: (_socket, bytes) => channel.received(bytes),
      drain: () => channel.send(),
      close: (_socket, error) => channel.closed(error),
      error: (_socket, error) => channel.closed(error),
    },
  });
  return channel;
}

class BunSocketChannel implements Channel {
  socket: BunSocket | undefined;
  #listener: ChannelListener | undefined;
  /** What came, or how it ended, before anybody listened. */
  #early: Uint8Array[] = [];
  #end: { readonly cause: Error | undefined } | undefined;
  /** What the socket did not take yet. */
  #unsent: Uint8Array[] = [];
  #endWhenSent = false;

  open(listener: ChannelListener): void {
    queueMicrotask(() => {
      this.#listener = listener;
      for (const bytes of this.#early) listener.data(bytes);
      this.#early = [];
      if (this.#end !== undefined) listener.closed(this.#end.cause);
    });
  }

  write(bytes: Uint8Array): boolean {
    if (this.#end !== undefined) return true;
    this.#unsent.push(bytes);
    if (this.#unsent.length === 1) this.send();
    return this.#unsent.length === 0;
  }

  /** Hands on what the socket takes; it tells when it takes more. */
  send(): void {
    for (let next = this.#unsent[0]; next !== undefined; next = this.#unsent[0]) {
      const taken = Math.max(0, this.socket?.write(next) ?? 0);
      if (taken < next.length) {
        this.#unsent[0] = next.subarray(taken);
        return;
      }
      this.#unsent.shift();
    }
    if (this.#endWhenSent) this.socket?.end();
    else this.#listener?.drain();
  }

  pause(): void {
    this.socket?.pause();
  }

  resume(): void {
    this.socket?.resume();
  }

  end(): void {
    this.#endWhenSent = true;
    if (this.#unsent.length === 0) this.socket?.end();
  }

  destroy(): void {
    this.socket?.terminate();
  }

  received(bytes: Uint8Array): void {
    if (this.#end !== undefined) return;
    if (this.#listener === undefined) this.#early.push(bytes);
    else this.#listener.data(bytes);
  }

  closed(cause: Error | undefined): void {
    if (this.#end !== undefined) return;
    this.#end = { cause };
    this.#unsent = [];
    this.#listener?.closed(cause);
  }
}
